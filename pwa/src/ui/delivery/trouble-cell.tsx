// A record that needs its author: why, and the one thing to do about it.
import type { Inspection } from "../../store/records.ts";
import { BigButton } from "../parts/cell.tsx";
import { isReturned, questionOf } from "../state/desk.ts";
import { useModel, useSay } from "../use.ts";
import { type Say, sayOr } from "../words/words.ts";
import { RecordText } from "./record-cell.tsx";
import { Refusals } from "./refusals.tsx";

export function TroubleCell({ inspection }: { inspection: Inspection }) {
  const { navigator, open } = useModel();
  const say = useSay();
  const { record, delivery } = inspection;
  const isQuestion = isReturned(inspection);
  const canOpen = isQuestion || delivery.kind === "refused";
  const reopen = async () => {
    const { form } = open(record);
    await form.load();
    if (await form.reopen()) navigator.go({ screen: "check", record });
  };
  return (
    <div class="trouble">
      <div class="cell record">
        <RecordText inspection={inspection} />
      </div>
      {isQuestion ? (
        <Question state={inspection.state} />
      ) : (
        <Reason inspection={inspection} say={say} />
      )}
      <Refusals refusals={inspection.refusals.filter(({ answer }) => answer)} />
      {delivery.photos.missing > 0 ? (
        <p class="trouble-text">{say("delivery.photosMissing", { n: delivery.photos.missing })}</p>
      ) : null}
      {canOpen ? (
        <BigButton tone="plain" onTap={() => void reopen()}>
          {say(isQuestion ? "delivery.answer" : "delivery.reopen")}
        </BigButton>
      ) : null}
    </div>
  );
}

/** The reviewer's own words, shown wherever the returned record is. */
export function Question({ state }: { state: Inspection["state"] }) {
  const say = useSay();
  const question = questionOf(state);
  if (question === null) return null;
  return (
    <div class="question">
      <p class="question-title">{say("check.question")}</p>
      <p class="question-text">{question}</p>
    </div>
  );
}

function Reason({ inspection, say }: { inspection: Inspection; say: Say }) {
  const { delivery } = inspection;
  if (delivery.kind !== "refused") return null;
  const reason = sayOr(say, `problem.${delivery.reason.code}`, "problem.refused");
  return (
    <div class="trouble-text">
      <p>
        <strong>{say("delivery.reason", { reason })}</strong>
      </p>
      <p>{say("problem.do")}</p>
      <p class="quiet">
        {[delivery.reason.code, delivery.reason.detail].filter(Boolean).join(" · ")}
      </p>
    </div>
  );
}
