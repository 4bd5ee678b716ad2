// The nine points as a spine of dots at the left edge: open, done, failed, by sign as well as colour.
import { Icon } from "../parts/icons.tsx";
import { named, type SectionProgress } from "../state/read.ts";
import { useLanguage, useModel, useSay } from "../use.ts";

interface SpineProps {
  sections: readonly SectionProgress[];
  current: string;
  record: string;
}

export function Spine({ sections, current, record }: SpineProps) {
  const { navigator } = useModel();
  const say = useSay();
  const language = useLanguage();
  return (
    <nav class="spine" aria-label={say("check.spine")}>
      {sections.map((section) => {
        const { point, open, state } = section;
        const label = `${point.id} ${named(point, language)}, ${say(`check.pointState.${state}`, { n: open.length })}`;
        return (
          <button
            key={point.id}
            type="button"
            class={`dot is-${state} ${open.length > 0 ? "has-open" : ""}`}
            aria-label={label}
            aria-current={point.id === current ? "step" : undefined}
            onClick={() => navigator.swap({ screen: "check", record, point: point.id })}
          >
            <span class="dot-face">
              {state === "open" ? (
                point.id.replace(/^P/, "")
              ) : (
                <Icon name={state === "done" ? "pass" : "fail"} />
              )}
            </span>
          </button>
        );
      })}
    </nav>
  );
}
