// What is recorded of a fail: photos first, then who it is charged to, a note, and whether it was mended.
import { type Answer, judge } from "../../core/answer.ts";
import type { Item } from "../../core/checklist.ts";
import { BigButton } from "../parts/cell.tsx";
import { useDraft } from "../parts/draft.ts";
import { SavedMark } from "../parts/saved-mark.tsx";
import { Segmented } from "../parts/segmented.tsx";
import { Sheet } from "../parts/sheet.tsx";
import { Switch } from "../parts/switch.tsx";
import type { Form } from "../state/form.ts";
import type { Open } from "../state/model.ts";
import { named, type SectionProgress } from "../state/read.ts";
import type { Route } from "../state/route.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import type { Word } from "../words/zh.ts";
import { PhotoPart } from "./photo-part.tsx";
import type { Work } from "./work.ts";

interface FailSheetProps {
  open: Open;
  work: Work;
  section: SectionProgress;
  item: string | undefined;
}

export function FailSheet({ open, work, section, item: wanted }: FailSheetProps) {
  const { navigator } = useModel();
  const say = useSay();
  const language = useLanguage();
  const item = section.items.find(({ id }) => id === wanted);
  if (!item) return null;
  const { form } = open;
  const answer = form.answers.value[item.id] ?? { value: null };
  const parent: Route = { screen: "check", record: form.record, point: section.point.id };
  const close = () => navigator.back(parent);
  const foot = <BigButton onTap={close}>{say("sheet.done")}</BigButton>;
  return (
    <Sheet title={named(item, language)} onClose={close} foot={foot}>
      <Severity item={item} answer={answer} work={work} />
      <PhotoPart form={form} item={item} answer={answer} />
      <ChargedTo form={form} item={item} answer={answer} />
      <Note form={form} item={item} answer={answer} />
      <Switch
        label={say("sheet.fixed")}
        isOn={answer.fixed_on_spot === true}
        onChange={(isOn) => void form.answer(item.id, { fixed_on_spot: isOn })}
      />
      <p class="sheet-saved">
        <SavedMark />
      </p>
    </Sheet>
  );
}

interface PartProps {
  form: Form;
  item: Item;
  answer: Answer;
}

function Severity({ item, answer, work }: { item: Item; answer: Answer; work: Work }) {
  const say = useSay();
  const language = useLanguage();
  const { severity, failed } = judge(item, answer, work.regime);
  if (!severity || !failed) return null;
  const rule = work.checklist.severities[severity];
  return (
    <p class={`severity is-${severity}`}>
      <strong>
        {say("sheet.title")} · {named(rule, language)} ·{" "}
        {say("sheet.points", { n: rule.faultPoints })}
      </strong>{" "}
      <span class="quiet">{say("sheet.severityFixed")}</span>
    </p>
  );
}

function ChargedTo({ form, item, answer }: PartProps) {
  const say = useSay();
  const subjects = [item.chargedTo, ...item.alsoChargeableTo];
  const { chargedTo } = judge(item, answer);
  if (subjects.length === 1) {
    return (
      <p class="sheet-line">
        <span class="quiet">{say("sheet.chargedTo")}</span> {say(`subject.${chargedTo}`)}
      </p>
    );
  }
  return (
    <div class="sheet-part">
      <h3 class="sheet-label">{say("sheet.chargedTo")}</h3>
      <Segmented
        label={say("sheet.chargedTo")}
        name="charged"
        options={subjects.map((value) => ({ value, label: say(`subject.${value}`) }))}
        value={chargedTo}
        onChoose={(subject) => void form.answer(item.id, { charged_to: subject })}
      />
    </div>
  );
}

const QUICK: readonly Word[] = [
  "quick.onSite",
  "quick.again",
  "quick.part",
  "quick.serious",
  "quick.weather",
];
const LONGEST_NOTE = 2000;

function Note({ form, item, answer }: PartProps) {
  const say = useSay();
  const draft = useDraft(answer.note ?? "", (note) => void form.answer(item.id, { note }));
  const add = (phrase: string) => {
    const note = [answer.note, phrase]
      .filter(Boolean)
      .join(say("common.join"))
      .slice(0, LONGEST_NOTE);
    draft.onBlur();
    void form.answer(item.id, { note });
  };
  return (
    <div class="sheet-part">
      <label class="sheet-label" for="note">
        {say("sheet.note")}
      </label>
      <textarea
        id="note"
        rows={2}
        maxLength={LONGEST_NOTE}
        placeholder={say("sheet.noteHelp")}
        value={draft.text}
        onInput={(event) => draft.onInput(event.currentTarget.value)}
        onBlur={draft.onBlur}
      />
      <fieldset class="chips" aria-label={say("sheet.quick")}>
        {QUICK.map((word) => (
          <button key={word} type="button" class="chip" onClick={() => add(say(word))}>
            {say(word)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
