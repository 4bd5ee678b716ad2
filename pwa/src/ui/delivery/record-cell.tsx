// One record in a list: vehicle, when, what kind, and how far it has come.
import type { Inspection } from "../../store/records.ts";
import { Icon, type IconName } from "../parts/icons.tsx";
import { isReturned } from "../state/desk.ts";
import {
  checklistOf,
  progressOf,
  regimeOf,
  routeName,
  sectionsOf,
  textIn,
  timeText,
  vehicleName,
} from "../state/read.ts";
import type { Route } from "../state/route.ts";
import { useModel, useSay } from "../use.ts";
import { type Say, sayOr } from "../words/words.ts";
import type { Word } from "../words/zh.ts";

type Shown = Inspection["delivery"]["kind"] | "returned";

const ICON: Record<Shown, IconName> = {
  draft: "draft",
  waiting: "clock",
  sending: "send",
  arrived: "arrived",
  refused: "warn",
  returned: "question",
};

/** "Sending" is said while something is being sent; between two tries the record waits. */
export function shownState(inspection: Inspection, isSending: boolean): Shown {
  if (isReturned(inspection)) return "returned";
  const { kind } = inspection.delivery;
  return kind === "sending" && !isSending ? "waiting" : kind;
}

export function stateWord(state: Shown): Word {
  return `delivery.state.${state}`;
}

export function RecordCell({ inspection }: { inspection: Inspection }) {
  const { navigator } = useModel();
  return (
    <button
      type="button"
      class="cell cell-tap record"
      onClick={() => navigator.go(routeTo(inspection))}
    >
      <RecordText inspection={inspection} />
      <span class="cell-go">
        <Icon name="chevron" />
      </span>
    </button>
  );
}

export function RecordText({ inspection }: { inspection: Inspection }) {
  const { lists } = useModel();
  const say = useSay();
  const { fields, delivery } = inspection;
  const held = lists.lists.value;
  const mode = sayOr(say, `mode.${fields.mode}`, "mode.other");
  const about = [mode, routeName(fields, held), timeText(inspection.changedAtMs)];
  return (
    <>
      <span class="cell-text">
        <span class="plate">{vehicleName(fields, held) ?? say("common.notSet")}</span>
        <span class="cell-note">{about.filter(Boolean).join(" · ")}</span>
        {delivery.kind === "arrived" && delivery.isLate ? (
          <span class="cell-note">{say("delivery.late")}</span>
        ) : null}
        {delivery.kind === "draft" ? <DraftProgress inspection={inspection} /> : null}
      </span>
      <StateMark inspection={inspection} say={say} />
    </>
  );
}

function StateMark({ inspection, say }: { inspection: Inspection; say: Say }) {
  const { phone } = useModel();
  const state = shownState(inspection, phone.sync.isRunning.value);
  const { photos } = inspection.delivery;
  const isOnItsWay = state === "waiting" || state === "sending" || state === "arrived";
  return (
    <span class={`state state-${state}`}>
      <Icon name={ICON[state]} />
      <span class="state-word">{say(stateWord(state))}</span>
      {isOnItsWay && photos.total > 0 ? (
        <span class="state-note">
          {say("delivery.photos", { arrived: photos.arrived, total: photos.total })}
        </span>
      ) : null}
    </span>
  );
}

function DraftProgress({ inspection }: { inspection: Inspection }) {
  const { lists, desk } = useModel();
  const say = useSay();
  const { fields, answers } = inspection;
  const checklist = checklistOf(fields, lists.lists.value);
  if (!checklist) return null;
  const regime = regimeOf(fields, lists.lists.value, desk.device.value);
  if (fields.mode === "spot") {
    const n = Object.values(answers).filter(({ value }) => value !== null).length;
    return <span class="cell-note">{say("today.judged", { n })}</span>;
  }
  const sections = sectionsOf(checklist, textIn(fields, "mode") ?? "", null).map((section) =>
    progressOf(section, answers, regime),
  );
  const all = sections.reduce((sum, { items }) => sum + items.length, 0);
  const open = sections.reduce((sum, one) => sum + one.open.length, 0);
  return <span class="cell-note">{say("today.progress", { done: all - open, all })}</span>;
}

/** A draft goes on where it is; a finished one shows its result; what needs a word says it in Delivery. */
export function routeTo(inspection: Inspection): Route {
  const { record, answers, isFinished, delivery } = inspection;
  if (isReturned(inspection) && isFinished) return { screen: "delivery" };
  if (delivery.kind === "refused") return { screen: "delivery" };
  if (isFinished) return { screen: "finish", record };
  return Object.keys(answers).length > 0
    ? { screen: "check", record }
    : { screen: "setup", record };
}
