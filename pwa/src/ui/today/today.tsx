// Today: start an inspection, go on with a draft, see whether what was done has arrived.
import { useEffect } from "preact/hooks";
import type { Inspection } from "../../store/records.ts";
import { RecordCell } from "../delivery/record-cell.tsx";
import { BigButton, Empty, Group } from "../parts/cell.tsx";
import { LossCard } from "../parts/loss-card.tsx";
import { Screen } from "../parts/screen.tsx";
import { hasPulled } from "../state/lists.ts";
import { useModel, useSay } from "../use.ts";
import { KeepStorage } from "./keep-storage.tsx";
import { Strip } from "./strip.tsx";

const RECENT_SHOWN = 10;

export function TodayScreen() {
  const { navigator, desk, lists } = useModel();
  const say = useSay();
  const all = desk.inspections.value;
  const drafts = all.filter((one) => !one.isFinished);
  const recent = all.filter((one) => one.isFinished).slice(0, RECENT_SHOWN);
  const hasLists = lists.lists.value.vehicles.size > 0;
  const start = (
    <BigButton onTap={() => navigator.go({ screen: "start" })}>{say("today.start")}</BigButton>
  );
  return (
    <Screen title={say("today.title")} aside={<DoneToday all={all} />} foot={start} hasTabs>
      <LossCard />
      <Strip />
      {hasLists ? null : <NoVehicles />}
      {all.length === 0 && hasLists ? (
        <Empty title={say("today.empty")} text={say("today.emptyHelp")} />
      ) : null}
      <Records title={say("today.drafts")} rows={drafts} />
      <KeepStorage />
      <Records title={say("today.recent")} rows={recent} />
    </Screen>
  );
}

/** None yet, or none at all: the server was reached, and its list is empty. */
function NoVehicles() {
  const { desk } = useModel();
  const say = useSay();
  return hasPulled(desk.device.value) ? (
    <Empty title={say("today.noVehicles")} text={say("today.noVehiclesHelp")} />
  ) : (
    <Empty title={say("today.noReference")} text={say("today.noReferenceHelp")} />
  );
}

function Records({ title, rows }: { title: string; rows: readonly Inspection[] }) {
  if (rows.length === 0) return null;
  return (
    <Group title={title}>
      {rows.map((row) => (
        <RecordCell key={row.record} inspection={row} />
      ))}
    </Group>
  );
}

function DoneToday({ all }: { all: readonly Inspection[] }) {
  const { phone, saver } = useModel();
  const say = useSay();
  // What was said about an earlier form's saving does not belong to this screen.
  useEffect(() => saver.clear(), [saver]);
  const today = new Date(phone.clock()).toDateString();
  const n = all.filter(
    (one) => one.isFinished && new Date(one.changedAtMs).toDateString() === today,
  ).length;
  return n > 0 ? <span class="bar-note">{say("today.done", { n })}</span> : null;
}
