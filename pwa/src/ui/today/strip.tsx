// The strip on top, there only when something needs the user; each line leads to where it is mended.
import type { IconName } from "../parts/icons.tsx";
import { Icon } from "../parts/icons.tsx";
import type { Model } from "../state/model.ts";
import { ageText, overdue } from "../state/read.ts";
import type { Route } from "../state/route.ts";
import { useModel, useSay } from "../use.ts";
import type { Say } from "../words/words.ts";

export interface StripLine {
  key: string;
  text: string;
  icon: IconName;
  isBad: boolean;
  to: Route;
}

// A record on its way for a few minutes is nothing to worry about.
const WAITING_WORTH_SAYING_MS = 10 * 60_000;
const CLOCK_WORTH_SAYING_MS = 2 * 60_000;

export function Strip() {
  const model = useModel();
  const say = useSay();
  const lines = linesOf(model, say);
  if (lines.length === 0) return null;
  return (
    <div class="strip">
      {lines.map(({ key, text, icon, isBad, to }) => (
        <button
          key={key}
          type="button"
          class={`strip-line ${isBad ? "is-bad" : ""}`}
          onClick={() => model.navigator.go(to)}
        >
          <Icon name={icon} />
          <span class="strip-text">{text}</span>
          <Icon name="chevron" />
        </button>
      ))}
    </div>
  );
}

function linesOf(model: Model, say: Say): StripLine[] {
  return [...deviceLines(model, say), ...deliveryLines(model, say)];
}

function deviceLines({ desk, phone }: Model, say: Say): StripLine[] {
  const device = desk.device.value;
  const lines: StripLine[] = [];
  if (device?.refusal) {
    const to: Route = { screen: "enrol", code: "" };
    lines.push({ key: "enrol", text: say("strip.enrol"), icon: "warn", isBad: true, to });
  }
  const offMs = device?.serverAheadMs ?? 0;
  if (Math.abs(offMs) > CLOCK_WORTH_SAYING_MS) {
    const text = say("strip.clock", { age: ageText(offMs, say) });
    lines.push({ key: "clock", text, icon: "clock", isBad: false, to: { screen: "mine" } });
  }
  if (phone.update.isWaiting.value) {
    lines.push({
      key: "update",
      text: say("strip.update"),
      icon: "down",
      isBad: false,
      to: { screen: "mine" },
    });
  }
  return lines;
}

function deliveryLines({ desk, phone }: Model, say: Say): StripLine[] {
  const outbox = desk.outbox.value;
  const to: Route = { screen: "delivery" };
  const lines: StripLine[] = [];
  const returned = desk.returned.value.length;
  if (outbox && outbox.refused > 0) {
    const text = say("strip.refused", { n: outbox.refused });
    lines.push({ key: "refused", text, icon: "warn", isBad: true, to });
  }
  if (returned > 0) {
    const text = say("strip.returned", { n: returned });
    lines.push({ key: "returned", text, icon: "question", isBad: false, to });
  }
  const waitedMs = outbox?.waitingSinceMs ? phone.clock() - outbox.waitingSinceMs : 0;
  if (outbox && waitedMs > WAITING_WORTH_SAYING_MS) {
    const n = outbox.waiting + outbox.sending;
    const text = say("strip.waiting", { n, age: ageText(waitedMs, say) });
    const isBad = overdue(outbox, phone.clock()) > 0;
    lines.push({ key: "waiting", text, icon: isBad ? "warn" : "clock", isBad, to });
  }
  return lines;
}
