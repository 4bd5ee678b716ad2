// What is still missing, each with the way to it; and the honest way out when the bus has left.
import { useState } from "preact/hooks";
import type { Answer } from "../../core/answer.ts";
import type { Work } from "../check/work.ts";
import { Group, TapCell } from "../parts/cell.tsx";
import { Ask } from "../parts/sheet.tsx";
import type { Open } from "../state/model.ts";
import { crewName, named, vehicleName } from "../state/read.ts";
import type { Route } from "../state/route.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import type { Review } from "./review.ts";

interface MissingPartProps {
  open: Open;
  work: Work;
  review: Review;
}

const SHOWN = 6;

export function MissingPart({ open, work, review }: MissingPartProps) {
  const { navigator } = useModel();
  const say = useSay();
  const language = useLanguage();
  const { record } = open.form;
  const isSpot = work.mode === "spot";
  const goTo = (item: string): Route => ({
    screen: "check",
    record,
    point: item.slice(0, item.indexOf("-")),
    at: item,
  });
  return (
    <>
      <CardMissing open={open} />
      {review.open.length > 0 ? (
        <Group title={say("finish.missing", { n: review.open.length })}>
          {review.open.slice(0, SHOWN).map((item) => (
            <TapCell
              key={item.id}
              label={named(item, language)}
              value={item.id}
              onTap={() => navigator.go(goTo(item.id))}
            />
          ))}
          {isSpot ? null : <NaRest open={open} review={review} />}
        </Group>
      ) : null}
    </>
  );
}

function CardMissing({ open }: { open: Open }) {
  const { navigator, lists } = useModel();
  const say = useSay();
  const fields = open.form.fields.value;
  const { record } = open.form;
  const hasVehicle = vehicleName(fields, lists.lists.value) !== null;
  const hasDriver = crewName(fields, lists.lists.value, "driver") !== null;
  if (hasVehicle && hasDriver) return null;
  return (
    <Group>
      {hasVehicle ? null : (
        <TapCell
          icon="warn"
          tone="caution"
          label={say("finish.noVehicle")}
          onTap={() => navigator.go({ screen: "setup", record, pick: "vehicle" })}
        />
      )}
      {hasDriver ? null : (
        <TapCell
          icon="warn"
          tone="caution"
          label={say("finish.noDriver")}
          onTap={() => navigator.go({ screen: "setup", record, pick: "driver" })}
        />
      )}
    </Group>
  );
}

function NaRest({ open, review }: { open: Open; review: Review }) {
  const { toasts } = useModel();
  const say = useSay();
  const [isAsking, setAsking] = useState(false);
  const n = review.open.length;
  const all = (value: Answer["value"]) =>
    Object.fromEntries(review.open.map(({ id }) => [id, { value }]));
  const mark = async () => {
    setAsking(false);
    const [na, unanswered] = [all("na"), all(null)];
    if (!(await open.form.answerAll(na))) return;
    toasts.show(say("finish.naRestDone", { n }), () => void open.form.answerAll(unanswered));
  };
  return (
    <>
      <button type="button" class="link-button" onClick={() => setAsking(true)}>
        {say("finish.naRest")}
      </button>
      {isAsking ? (
        <Ask
          title={say("finish.naRestAsk", { n })}
          yes={say("finish.naRest")}
          no={say("common.cancel")}
          onYes={() => void mark()}
          onNo={() => setAsking(false)}
        >
          <p>{say("finish.naRestText")}</p>
        </Ask>
      ) : null}
    </>
  );
}
