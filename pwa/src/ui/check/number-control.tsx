// A number with its unit: stepper, typed decimals, one tap for the usual count, or not applicable.
import type { AnswerValue } from "../../core/answer.ts";
import { useDraft } from "../parts/draft.ts";
import { Icon } from "../parts/icons.tsx";
import { useSay } from "../use.ts";
import { type Say, sayOr } from "../words/words.ts";
import type { ControlProps } from "./answer-control.tsx";
import { negated, parseTyped, stepped, type Unit, unitOf } from "./units.ts";

export function NumberControl({ item, answer, title, onChange }: ControlProps) {
  const say = useSay();
  const unit = unitOf(item);
  const unitWord = sayOr(say, `unit.${item.unit}`, "common.none");
  const isNa = answer.value === "na";
  const value = isNa ? null : answer.value;
  const set = (next: AnswerValue | null) => onChange({ value: next });
  return (
    <fieldset class="number" aria-label={say("check.number", { item: title, unit: unitWord })}>
      <div class="stepper">
        <StepButton unit={unit} value={value} direction={-1} onStep={set} say={say} />
        <NumberInput item={item.id} title={title} value={value} unitWord={unitWord} onSet={set} />
        <StepButton unit={unit} value={value} direction={1} onStep={set} say={say} />
      </div>
      {item.unit === "diff" ? <p class="number-hint">{say("check.hint.diff")}</p> : null}
      <div class="number-more">
        {unit.quick !== null && answer.value === null ? (
          <button type="button" class="chip" onClick={() => set(unit.quick)}>
            {sayOr(say, `check.quick.${item.unit}`, "check.quick", {
              n: Number(unit.quick),
              value: `${unit.quick} ${unitWord}`,
            })}
          </button>
        ) : null}
        {unit.min === null && value !== null ? (
          <button
            type="button"
            class="chip"
            aria-label={say("check.sign")}
            onClick={() => set(negated(value))}
          >
            ±
          </button>
        ) : null}
        {item.naAllowed ? (
          <button
            type="button"
            class="chip"
            aria-pressed={isNa}
            onClick={() => set(isNa ? null : "na")}
          >
            {say("check.na")}
          </button>
        ) : null}
      </div>
    </fieldset>
  );
}

interface StepButtonProps {
  unit: Unit;
  value: AnswerValue | null;
  direction: 1 | -1;
  onStep: (value: AnswerValue) => void;
  say: Say;
}

function StepButton({ unit, value, direction, onStep, say }: StepButtonProps) {
  return (
    <button
      type="button"
      class="step"
      aria-label={say(direction > 0 ? "check.plus" : "check.minus", { step: unit.step })}
      onClick={() => onStep(stepped(unit, value, direction))}
    >
      <Icon name={direction > 0 ? "plus" : "na"} />
    </button>
  );
}

interface NumberInputProps {
  item: string;
  title: string;
  value: AnswerValue | null;
  unitWord: string;
  onSet: (value: AnswerValue | null) => void;
}

function NumberInput({ item, title, value, unitWord, onSet }: NumberInputProps) {
  const say = useSay();
  // What is no number yet ("3." or "-") is shown as typed and saved when it has become one.
  const draft = useDraft(value === null ? "" : String(value), (text) => {
    const parsed = parseTyped(text);
    if (parsed !== null || text.trim() === "") onSet(parsed);
  });
  const isBad = draft.text.trim() !== "" && parseTyped(draft.text) === null;
  const errorId = `bad-${item}`;
  return (
    <div class="stepper-middle">
      <div class="stepper-field">
        <input
          class="stepper-number"
          inputMode="decimal"
          autocomplete="off"
          aria-label={say("check.number", { item: title, unit: unitWord })}
          aria-invalid={isBad}
          aria-describedby={isBad ? errorId : undefined}
          value={draft.text}
          maxLength={16}
          placeholder="–"
          onInput={(event) => draft.onInput(event.currentTarget.value)}
          onBlur={draft.onBlur}
        />
        <span class="stepper-unit" aria-hidden="true">
          {unitWord}
        </span>
      </div>
      {isBad ? (
        <p class="bad" id={errorId} role="alert">
          {say("check.badNumber")}
        </p>
      ) : null}
    </div>
  );
}
