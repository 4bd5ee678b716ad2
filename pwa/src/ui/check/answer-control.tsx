// The control that fits the item: words, a number, or a rating of one to five.
import type { Answer } from "../../core/answer.ts";
import type { Item } from "../../core/checklist.ts";
import { Segmented } from "../parts/segmented.tsx";
import { Switch } from "../parts/switch.tsx";
import { useLanguage, useSay } from "../use.ts";
import { half } from "../words/words.ts";
import { NumberControl } from "./number-control.tsx";

export interface ControlProps {
  item: Item;
  answer: Answer;
  title: string;
  onChange: (change: Partial<Answer>) => void;
}

export function AnswerControl(props: ControlProps) {
  if (props.item.answerType === "pass_fail_na") return <WordControl {...props} />;
  if (props.item.answerType === "scale_1_5") return <ScaleControl {...props} />;
  return (
    <>
      <NumberControl {...props} />
      <Circumstance {...props} />
    </>
  );
}

function WordControl({ item, answer, title, onChange }: ControlProps) {
  const say = useSay();
  return (
    <Segmented
      label={say("check.judge", { item: title })}
      name={`judge-${item.id}`}
      options={[
        { value: "pass", label: say("check.pass"), icon: "pass", tone: "pass" },
        { value: "fail", label: say("check.fail"), icon: "fail", tone: "fail" },
        ...(item.naAllowed
          ? ([{ value: "na", label: say("check.na"), icon: "na", tone: "na" }] as const)
          : []),
      ]}
      value={typeof answer.value === "string" ? answer.value : null}
      onChoose={(value) => onChange({ value })}
    />
  );
}

const RATINGS = [1, 2, 3, 4, 5] as const;

function ScaleControl({ item, answer, title, onChange }: ControlProps) {
  const say = useSay();
  const language = useLanguage();
  const failsAt = item.failAtOrBelow ?? 2;
  const ratings = RATINGS.map((n) => ({
    value: n as number | "na",
    label: String(n),
    tone: n <= failsAt ? "fail" : "pass",
  }));
  const anchors = Object.entries(item.anchors ?? {});
  return (
    <>
      <Segmented
        kind="is-scale"
        label={say("check.score", { item: title })}
        name={`judge-${item.id}`}
        options={[
          ...ratings,
          ...(item.naAllowed ? [{ value: "na" as const, label: say("check.na"), tone: "na" }] : []),
        ]}
        value={answer.value as number | "na" | null}
        onChoose={(value) => onChange({ value })}
      />
      <ul class="anchors">
        {anchors.map(([rating, words]) => (
          <li key={rating}>
            <b>{rating}</b> {half(words, language)}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What the criterion lets count in the crew's favour: the A/C is on; strictness at the terminus. */
function Circumstance({ item, answer, onChange }: ControlProps) {
  const say = useSay();
  if (item.passOverride === "ac_on") {
    return (
      <Switch
        label={say("check.acOn")}
        isOn={answer.ac_on === true}
        onChange={(isOn) => onChange({ ac_on: isOn })}
      />
    );
  }
  if (!item.passIfAtTerminus) return null;
  return (
    <Switch
      label={say("check.atTerminus")}
      isOn={answer.at_terminus === true}
      onChange={(isOn) => onChange({ at_terminus: isOn })}
    />
  );
}
