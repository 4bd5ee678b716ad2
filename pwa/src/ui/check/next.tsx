// The one big action of the check: pass what is open, fill in what is left, go on, finish.
import type { Answer } from "../../core/answer.ts";
import { BigButton } from "../parts/cell.tsx";
import type { Model, Open } from "../state/model.ts";
import { named, type SectionProgress } from "../state/read.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import type { Say } from "../words/words.ts";
import { nextOpen, type Work } from "./work.ts";

interface NextActionProps {
  open: Open;
  work: Work;
  section: SectionProgress;
}

export function NextAction({ open, work, section }: NextActionProps) {
  const model = useModel();
  const say = useSay();
  const language = useLanguage();
  const { record } = open.form;
  // A number or a rating that nobody took would be made up: only judgements in words are passed.
  const passable = section.open.filter((item) => item.answerType === "pass_fail_na");
  const others = section.open.length - passable.length;
  if (passable.length > 0) {
    const isWhole = passable.length === section.items.length;
    return (
      <>
        {others > 0 ? <p class="foot-note">{say("check.passHelp")}</p> : null}
        <BigButton
          tone="plain"
          onTap={() =>
            passAll(
              model,
              open,
              passable.map(({ id }) => id),
              say,
            )
          }
        >
          {say(isWhole ? "check.passAll" : "check.passRest", { n: passable.length })}
        </BigButton>
      </>
    );
  }
  const [first] = section.open;
  if (first) {
    return (
      <BigButton tone="plain" onTap={() => showItem(first.id)}>
        {say("check.nextOpen", { n: section.open.length })}
      </BigButton>
    );
  }
  const next = nextOpen(work.sections, section.point.id);
  if (!next) {
    return (
      <BigButton onTap={() => model.navigator.go({ screen: "finish", record })}>
        {say("check.toFinish")}
      </BigButton>
    );
  }
  const { point } = next;
  return (
    <BigButton onTap={() => model.navigator.swap({ screen: "check", record, point: point.id })}>
      {say("check.nextPoint", { name: named(point, language) })}
    </BigButton>
  );
}

function passAll({ toasts }: Model, { form }: Open, items: string[], say: Say): void {
  const all = (value: Answer["value"], ids: string[]) =>
    Object.fromEntries(ids.map((item) => [item, { value }]));
  // What was judged otherwise in the meantime stays as it was judged.
  const undo = () => {
    const passed = items.filter((item) => form.answers.value[item]?.value === "pass");
    void form.answerAll(all(null, passed));
  };
  void form.answerAll(all("pass", items)).then((isKept) => {
    if (isKept) toasts.show(say("check.passed", { n: items.length }), undo);
  });
}

function showItem(item: string): void {
  const cell = document.getElementById(`item-${item}`);
  cell?.scrollIntoView({ block: "center" });
  cell
    ?.querySelector<HTMLElement>(".stepper-number, input, button")
    ?.focus({ preventScroll: true });
}
