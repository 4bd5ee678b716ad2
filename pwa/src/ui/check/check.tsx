// Check: one point at a time beside the spine of nine, one big action under the thumb.
import { useEffect, useRef } from "preact/hooks";
import type { RecordState } from "../../core/merge.ts";
import { Question } from "../delivery/trouble-cell.tsx";
import { Empty } from "../parts/cell.tsx";
import { SavedMark } from "../parts/saved-mark.tsx";
import { Screen } from "../parts/screen.tsx";
import type { Open } from "../state/model.ts";
import { named, type SectionProgress, vehicleName } from "../state/read.ts";
import type { Route } from "../state/route.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import { FailSheet } from "./fail-sheet.tsx";
import { ItemCell } from "./item.tsx";
import { NextAction } from "./next.tsx";
import { Spine } from "./spine.tsx";
import { sectionAt, type Work, workOf } from "./work.ts";

type CheckRoute = Extract<Route, { screen: "check" }>;

export function CheckScreen({ open, route }: { open: Open; route: CheckRoute }) {
  const { lists, desk } = useModel();
  const say = useSay();
  const { form } = open;
  const held = lists.lists.value;
  const work = workOf(open, held, desk.device.value);
  const section = work ? sectionAt(work.sections, route.point) : null;
  usePinned(route, section);
  const title = vehicleName(form.fields.value, held) ?? say("common.notSet");
  const parent: Route = { screen: "setup", record: form.record };
  if (!work || !section) {
    return (
      <Screen title={title} parent={parent}>
        <Empty title={say("check.noChecklist")} text="" />
      </Screen>
    );
  }
  return (
    <Screen
      title={title}
      parent={parent}
      aside={<SavedMark />}
      foot={<NextAction open={open} work={work} section={section} />}
      kind="is-check"
    >
      <Spine
        points={work.checklist.points}
        sections={work.sections}
        current={section.point.id}
        record={form.record}
      />
      <div class="check-pane">
        <Question state={form.state.value as RecordState} />
        <SectionView open={open} work={work} section={section} at={route.at} />
      </div>
      <FailSheet open={open} work={work} section={section} item={route.item} />
    </Screen>
  );
}

// The point in view stays in view when its last item is answered: only the user goes on.
function usePinned(route: CheckRoute, section: SectionProgress | null): void {
  const { navigator } = useModel();
  const point = section?.point.id;
  useEffect(() => {
    if (point && route.point !== point) navigator.swap({ ...route, point });
  }, [navigator, route, point]);
}

interface SectionViewProps {
  open: Open;
  work: Work;
  section: SectionProgress;
  at: string | undefined;
}

function SectionView({ open, work, section, at }: SectionViewProps) {
  const { navigator } = useModel();
  const say = useSay();
  const language = useLanguage();
  const heading = useRef<HTMLHeadingElement>(null);
  const { point, items, open: left } = section;
  useEffect(() => {
    const target = at ? document.getElementById(`item-${at}`) : null;
    if (target) target.scrollIntoView({ block: "center" });
    else heading.current?.scrollIntoView({ block: "end" });
  }, [point.id, at]);
  const choose = () => navigator.go({ screen: "choose", record: open.form.record });
  return (
    <section aria-labelledby="point-title">
      <h2 class="point-title" id="point-title" ref={heading}>
        <span class="point-count">
          {items.length - left.length}/{items.length}
        </span>
        <span class="point-id">{point.id}</span> {named(point, language)}
      </h2>
      {items.map((item) => (
        <ItemCell key={item.id} form={open.form} work={work} item={item} />
      ))}
      {work.mode === "spot" ? (
        <button type="button" class="link-button" onClick={choose}>
          {say("check.changeChoice")}
        </button>
      ) : null}
    </section>
  );
}
