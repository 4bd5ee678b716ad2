// One item of the checklist: its words, how to judge on a tap, the answer, and what was recorded of a fail.
import { useState } from "preact/hooks";
import { type Answer, judge } from "../../core/answer.ts";
import type { Item } from "../../core/checklist.ts";
import { savePlace } from "../../store/place.ts";
import { Icon } from "../parts/icons.tsx";
import { Thumbs } from "../parts/thumbs.tsx";
import type { Form } from "../state/form.ts";
import { named } from "../state/read.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import { half } from "../words/words.ts";
import { AnswerControl } from "./answer-control.tsx";
import { isPhotoRequired } from "./photo-rule.ts";
import type { Work } from "./work.ts";

interface ItemProps {
  form: Form;
  work: Work;
  item: Item;
}

export function ItemCell({ form, work, item }: ItemProps) {
  const { phone, navigator, toasts } = useModel();
  const language = useLanguage();
  const answer = form.answers.value[item.id] ?? { value: null };
  const judged = judge(item, answer, work.regime);
  const { record } = form;
  const openSheet = () =>
    navigator.go({ screen: "check", record, point: pointOf(item.id), item: item.id });
  const change = (changed: Partial<Answer>) => {
    toasts.close();
    void form.answer(item.id, changed);
    savePlace(phone.db, { screen: "check", record, item: item.id }).catch(() => undefined);
    // A judgement in words or by rating is made in one tap; a number is still being counted.
    const isFail = judge(item, { ...answer, ...changed }, work.regime).failed;
    if (isFail && item.answerType !== "number") openSheet();
  };
  return (
    <article
      class={`item ${judged.failed ? "is-failed" : ""} ${judged.answered ? "is-answered" : ""}`}
      id={`item-${item.id}`}
    >
      <ItemHead
        item={item}
        isAnswered={answer.value !== null}
        onClear={() => change({ value: null })}
      />
      <AnswerControl item={item} answer={answer} title={named(item, language)} onChange={change} />
      {judged.failed ? (
        <FailNote item={item} answer={answer} work={work} onTap={openSheet} />
      ) : null}
    </article>
  );
}

function pointOf(item: string): string {
  return item.slice(0, item.indexOf("-"));
}

interface ItemHeadProps {
  item: Item;
  isAnswered: boolean;
  onClear: () => void;
}

function ItemHead({ item, isAnswered, onClear }: ItemHeadProps) {
  const say = useSay();
  const language = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const criterion = language === "en" ? item.criterionEn : item.criterionZh;
  return (
    <>
      <h3 class="item-title">
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span class="item-words">
            {named(item, language)}
            {item.severity === "critical" ? (
              <span class="tag is-fail">{say("check.critical")}</span>
            ) : null}
          </span>
          <Icon name="down" />
        </button>
      </h3>
      {isOpen ? (
        <div class="criterion">
          <p>
            <span class="quiet">
              {item.id} {say("check.criterion")}
            </span>{" "}
            {criterion}
          </p>
          {item.attributionRule ? (
            <p class="quiet">{half(item.attributionRule, language)}</p>
          ) : null}
          {isAnswered ? (
            <button type="button" class="link-button" onClick={onClear}>
              {say("check.clear")}
            </button>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

interface FailNoteProps {
  item: Item;
  answer: Answer;
  work: Work;
  onTap: () => void;
}

function FailNote({ item, answer, work, onTap }: FailNoteProps) {
  const say = useSay();
  const language = useLanguage();
  const judged = judge(item, answer, work.regime);
  const photos = answer.photos ?? [];
  const severity = judged.severity ? work.checklist.severities[judged.severity] : null;
  const facts = [
    severity ? named(severity, language) : null,
    say(`subject.${judged.chargedTo}`),
    answer.fixed_on_spot ? say("sheet.fixed") : null,
  ];
  return (
    <button type="button" class="fail-note" onClick={onTap}>
      <span class="fail-note-text">
        <strong>
          {say("check.fail")} · {facts.filter(Boolean).join(" · ")}
        </strong>
        {answer.note ? <span class="fail-note-words">{answer.note}</span> : null}
        {photos.length === 0 && isPhotoRequired(item) ? (
          <span class="fail-note-missing">
            <Icon name="camera" /> {say("check.noPhotoYet")}
          </span>
        ) : null}
        {photos.length === 0 && !answer.note ? <span>{say("check.details")}</span> : null}
        <Thumbs names={photos} title={named(item, language)} />
      </span>
      <Icon name="chevron" />
    </button>
  );
}
