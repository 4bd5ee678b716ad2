// The sections of the inspection in hand, with what is open and what failed in each.
import type { Checklist } from "../../core/checklist.ts";
import type { DeviceRow } from "../../store/schema.ts";
import type { Lists } from "../state/lists.ts";
import type { Open } from "../state/model.ts";
import {
  checklistOf,
  progressOf,
  regimeOf,
  type SectionProgress,
  sectionsOf,
  textIn,
} from "../state/read.ts";

export interface Work {
  checklist: Checklist;
  mode: string;
  regime: string | null;
  sections: SectionProgress[];
}

/** Null while the record's version of the checklist is not on this phone. */
export function workOf(
  { form, choice }: Open,
  lists: Lists,
  device: DeviceRow | null,
): Work | null {
  const fields = form.fields.value;
  const checklist = checklistOf(fields, lists);
  if (!checklist) return null;
  const mode = textIn(fields, "mode") ?? "";
  const regime = regimeOf(fields, lists, device);
  const chosen = mode === "spot" ? choice.chosen.value : null;
  const sections = sectionsOf(checklist, mode, chosen).map((section) =>
    progressOf(section, form.answers.value, regime),
  );
  return { checklist, mode, regime, sections };
}

/** The section of this name, else the first with something open, else the first. */
export function sectionAt(
  sections: readonly SectionProgress[],
  point: string | undefined,
): SectionProgress | null {
  return (
    sections.find((section) => section.point.id === point) ??
    sections.find(({ open }) => open.length > 0) ??
    sections[0] ??
    null
  );
}

/** The next section after this one that has something open, going round. */
export function nextOpen(
  sections: readonly SectionProgress[],
  point: string,
): SectionProgress | null {
  const at = sections.findIndex((section) => section.point.id === point);
  const around = [...sections.slice(at + 1), ...sections.slice(0, at)];
  return around.find(({ open }) => open.length > 0) ?? null;
}
