// Delivery: what has arrived, what is on its way, what was refused and what to do about it.
import type { Inspection } from "../../store/records.ts";
import { BigButton, Empty, Group } from "../parts/cell.tsx";
import { LossCard } from "../parts/loss-card.tsx";
import { Screen } from "../parts/screen.tsx";
import { ageText, overdue, sizeText } from "../state/read.ts";
import { useModel, useSay } from "../use.ts";
import { LogLine } from "./log-line.tsx";
import { ProofLine } from "./proof-line.tsx";
import { RecordCell, shownState } from "./record-cell.tsx";
import { TroubleCell } from "./trouble-cell.tsx";

const DONE_SHOWN = 50;

export function DeliveryScreen() {
  const { desk, phone } = useModel();
  const say = useSay();
  const isRunning = phone.sync.isRunning.value;
  const sent = desk.inspections.value.filter(
    (one) => one.isFinished || one.delivery.kind === "refused",
  );
  const groups = split(sent);
  const foot = (
    <BigButton isBusy={isRunning} onTap={() => phone.sync.poke("button")}>
      {say(isRunning ? "delivery.syncing" : "delivery.sync")}
    </BigButton>
  );
  return (
    <Screen title={say("delivery.title")} foot={foot} hasTabs>
      <SyncWord />
      <LossCard />
      <Overdue />
      <ProofLine />
      <LogLine />
      {sent.length === 0 ? (
        <Empty title={say("delivery.empty")} text={say("delivery.emptyHelp")} />
      ) : null}
      {groups.trouble.length > 0 ? (
        <Group>
          {groups.trouble.map((row) => (
            <TroubleCell key={row.record} inspection={row} />
          ))}
        </Group>
      ) : null}
      <RecordGroup title={say("delivery.open")} rows={groups.open} />
      <RecordGroup title={say("delivery.done")} rows={groups.done.slice(0, DONE_SHOWN)} />
      <Sealed />
    </Screen>
  );
}

interface Groups {
  trouble: Inspection[];
  open: Inspection[];
  done: Inspection[];
}

function split(rows: readonly Inspection[]): Groups {
  const groups: Groups = { trouble: [], open: [], done: [] };
  for (const row of rows) groups[groupOf(row)].push(row);
  return groups;
}

function groupOf(row: Inspection): keyof Groups {
  const state = shownState(row, false);
  if (state === "refused" || state === "returned" || row.delivery.photos.missing > 0)
    return "trouble";
  return state === "arrived" ? "done" : "open";
}

function RecordGroup({ title, rows }: { title: string; rows: Inspection[] }) {
  const { phone } = useModel();
  const say = useSay();
  if (rows.length === 0) return null;
  const progress = phone.sync.progress.value;
  const percent =
    progress?.kind === "photo" && progress.totalBytes > 0
      ? Math.floor((100 * progress.sentBytes) / progress.totalBytes)
      : null;
  const isSending = rows.some((row) => shownState(row, phone.sync.isRunning.value) === "sending");
  return (
    <Group title={title}>
      {isSending && percent !== null ? (
        <progress
          class="sending"
          max={100}
          value={percent}
          aria-label={say("delivery.state.sending")}
        />
      ) : null}
      {rows.map((row) => (
        <RecordCell key={row.record} inspection={row} />
      ))}
    </Group>
  );
}

function SyncWord() {
  const { phone, desk } = useModel();
  const say = useSay();
  const last = phone.sync.last.value;
  const contactMs = desk.device.value?.lastContactMs ?? null;
  const bytes = desk.outbox.value?.bytesAwaited ?? 0;
  return (
    <div class="sync-word" role="status">
      <p>{lastText()}</p>
      <p class="quiet">
        {contactText()}
        {bytes > 0 ? ` · ${say("delivery.bytes", { size: sizeText(bytes) })}` : ""}
      </p>
    </div>
  );

  function lastText(): string {
    if (desk.device.value?.refusal) return say("delivery.refusedToken");
    if (last?.kind === "offline") return say("delivery.offline");
    if (last?.kind === "failed")
      return say(last.status === 426 ? "delivery.tooOld" : "delivery.failed", { code: last.code });
    return last?.kind === "synced" ? say("delivery.synced") : "";
  }

  function contactText(): string {
    if (contactMs === null) return say("delivery.never");
    const agoMs = phone.clock() - contactMs;
    return agoMs < 60_000
      ? say("delivery.justNow")
      : say("delivery.lastContact", { age: ageText(agoMs, say) });
  }
}

function Overdue() {
  const { desk, phone } = useModel();
  const say = useSay();
  const n = overdue(desk.outbox.value, phone.clock());
  return n > 0 ? (
    <p class="alert" role="alert">
      {say("delivery.overdue", { n })}
    </p>
  ) : null;
}

function Sealed() {
  const { desk } = useModel();
  const say = useSay();
  const n = desk.outbox.value?.sealed ?? 0;
  return n > 0 ? <p class="group-note">{say("delivery.sealed", { n })}</p> : null;
}
