// Which points and items of a spot check to judge: whole points on a tap, single items below.
import { useState } from "preact/hooks";
import { BigButton, Empty } from "../parts/cell.tsx";
import { Icon } from "../parts/icons.tsx";
import { Screen } from "../parts/screen.tsx";
import type { Open } from "../state/model.ts";
import type { Section } from "../state/read.ts";
import { checklistOf, named, sectionsOf } from "../state/read.ts";
import { useLanguage, useModel, useSay } from "../use.ts";

export function ChooseScreen({ open }: { open: Open }) {
  const { lists, navigator, toasts } = useModel();
  const say = useSay();
  const { form, choice } = open;
  const chosen = choice.chosen.value ?? new Set<string>();
  const checklist = checklistOf(form.fields.value, lists.lists.value);
  const sections = checklist ? sectionsOf(checklist, "spot", null) : [];
  const set = (items: string[], isOn: boolean) => {
    const next = new Set(chosen);
    for (const item of items) {
      if (isOn) next.add(item);
      else next.delete(item);
    }
    void choice.save(next);
  };
  const go = () => {
    if (chosen.size === 0) toasts.show(say("check.chooseNone"));
    else navigator.swap({ screen: "check", record: form.record });
  };
  const foot = <BigButton onTap={go}>{say("check.chosen", { n: chosen.size })}</BigButton>;
  return (
    <Screen
      title={say("check.chooseTitle")}
      parent={{ screen: "setup", record: form.record }}
      foot={foot}
    >
      <p class="group-note">{say("check.chooseHelp")}</p>
      {checklist ? null : <Empty title={say("check.noChecklist")} text="" />}
      {sections.map((section) => (
        <ChooseSection key={section.point.id} section={section} chosen={chosen} onSet={set} />
      ))}
    </Screen>
  );
}

interface ChooseSectionProps {
  section: Section;
  chosen: ReadonlySet<string>;
  onSet: (items: string[], isOn: boolean) => void;
}

function ChooseSection({ section, chosen, onSet }: ChooseSectionProps) {
  const say = useSay();
  const language = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const ids = section.items.map(({ id }) => id);
  const count = ids.filter((id) => chosen.has(id)).length;
  const name = `${section.point.id} ${named(section.point, language)}`;
  return (
    <section class="group choose">
      <div class="cells">
        <div class="choose-point">
          <label class="check-label">
            <input
              type="checkbox"
              aria-label={say("check.choosePoint", { name })}
              checked={count === ids.length}
              onChange={(event) => onSet(ids, event.currentTarget.checked)}
            />
            <span class="check-box" aria-hidden="true" />
            <span class="check-text">{name}</span>
          </label>
          <button
            type="button"
            class="choose-more"
            aria-expanded={isOpen}
            aria-label={name}
            onClick={() => setOpen(!isOpen)}
          >
            {count}/{ids.length} <Icon name="down" />
          </button>
        </div>
        {isOpen
          ? section.items.map((item) => (
              <label key={item.id} class="check-label choose-item">
                <input
                  type="checkbox"
                  checked={chosen.has(item.id)}
                  onChange={(event) => onSet([item.id], event.currentTarget.checked)}
                />
                <span class="check-box" aria-hidden="true" />
                <span class="check-text">{named(item, language)}</span>
              </label>
            ))
          : null}
      </div>
    </section>
  );
}
