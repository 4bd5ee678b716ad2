// The nine points as a spine of dots at the left edge: open, done, failed, by sign as well as colour.
import type { Point } from "../../core/checklist.ts";
import { Icon } from "../parts/icons.tsx";
import { named, type SectionProgress } from "../state/read.ts";
import { useLanguage, useModel, useSay } from "../use.ts";

interface SpineProps {
  points: readonly Point[];
  sections: readonly SectionProgress[];
  current: string;
  record: string;
}

/** Every point has its place on the spine in every kind of check, so that the thumb learns it. */
export function Spine({ points, sections, current, record }: SpineProps) {
  const say = useSay();
  return (
    <nav class="spine" aria-label={say("check.spine")}>
      {points.map((point) => {
        const section = sections.find((one) => one.point.id === point.id);
        return section ? (
          <Dot key={point.id} section={section} isCurrent={point.id === current} record={record} />
        ) : (
          <span key={point.id} class="dot is-absent" />
        );
      })}
    </nav>
  );
}

interface DotProps {
  section: SectionProgress;
  isCurrent: boolean;
  record: string;
}

function Dot({ section, isCurrent, record }: DotProps) {
  const { navigator } = useModel();
  const say = useSay();
  const language = useLanguage();
  const { point, open, state } = section;
  const progress = say(`check.pointState.${state}`, { n: open.length });
  return (
    <button
      type="button"
      class={`dot is-${state} ${open.length > 0 ? "has-open" : ""}`}
      aria-label={`${point.id} ${named(point, language)}, ${progress}`}
      aria-current={isCurrent ? "step" : undefined}
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
}
