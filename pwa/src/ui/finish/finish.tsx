// Finish: what failed, the score as the server will compute it, what is missing, and the one button.
import { useState } from "preact/hooks";
import type { RecordState } from "../../core/merge.ts";
import { workOf } from "../check/work.ts";
import { Refusals } from "../delivery/refusals.tsx";
import { Question } from "../delivery/trouble-cell.tsx";
import { BigButton, Empty } from "../parts/cell.tsx";
import { SavedMark } from "../parts/saved-mark.tsx";
import { Screen } from "../parts/screen.tsx";
import type { Model, Open } from "../state/model.ts";
import { vehicleName } from "../state/read.ts";
import type { Route } from "../state/route.ts";
import { useModel, useSay } from "../use.ts";
import { FailList } from "./fail-list.tsx";
import { FinishAsk } from "./finish-ask.tsx";
import { MissingPart } from "./missing.tsx";
import { Reply } from "./reply.tsx";
import { confirmedIn, type Review, reviewOf } from "./review.ts";
import { ScoreCard } from "./score-card.tsx";
import { Suspected } from "./suspected.tsx";

export function FinishScreen({ open }: { open: Open }) {
  const model = useModel();
  const say = useSay();
  const { form } = open;
  const held = model.lists.lists.value;
  const work = workOf(open, held, model.desk.device.value);
  const isFinished = form.fields.value.state === "finished";
  const row = model.desk.inspections.value.find(({ record }) => record === form.record);
  const parent: Route = isFinished ? { screen: "today" } : { screen: "check", record: form.record };
  const title = isFinished
    ? (vehicleName(form.fields.value, held) ?? say("common.notSet"))
    : say("finish.title");
  if (!work) {
    return (
      <Screen title={title} parent={parent}>
        <Empty title={say("check.noChecklist")} text="" />
      </Screen>
    );
  }
  const review = reviewOf(work, form.answers.value, confirmedIn(form.fields.value));
  const foot = isFinished ? null : <FinishButton open={open} review={review} />;
  return (
    <Screen title={title} parent={parent} aside={<SavedMark />} foot={foot}>
      <Question state={form.state.value as RecordState} />
      <Refusals refusals={row?.refusals ?? []} />
      {isFinished ? null : <Reply form={form} />}
      <Suspected checklist={work.checklist} fails={review.suspected} />
      {isFinished ? null : <MissingPart open={open} work={work} review={review} />}
      <ScoreCard score={review.score} />
      <FailList
        record={form.record}
        fails={review.fails}
        checklist={work.checklist}
        isFinal={isFinished}
      />
    </Screen>
  );
}

function FinishButton({ open, review }: { open: Open; review: Review }) {
  const model = useModel();
  const say = useSay();
  const [isAsking, setAsking] = useState(false);
  const { record } = open.form;
  const isSpot = open.form.fields.value.mode === "spot";
  const [first] = review.open;
  if (!review.canFinish && !isSpot && first) {
    const point = first.id.slice(0, first.id.indexOf("-"));
    return (
      <BigButton onTap={() => model.navigator.go({ screen: "check", record, point, at: first.id })}>
        {say("finish.goMissing")}
      </BigButton>
    );
  }
  const ask = () => {
    if (review.canFinish) setAsking(true);
    else model.toasts.show(say("finish.spotNone"));
  };
  return (
    <>
      <BigButton onTap={ask}>{say("finish.go")}</BigButton>
      {isAsking ? (
        <FinishAsk
          form={open.form}
          review={review}
          onYes={() => void finish(model, open)}
          onNo={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}

async function finish(model: Model, { form }: Open): Promise<void> {
  if (!(await form.finish())) return;
  model.phone.sync.poke("saved");
  model.navigator.swap({ screen: "delivery" });
  model.toasts.show(model.words.say.value("finish.finished"));
}
