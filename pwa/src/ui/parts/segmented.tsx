// One choice of a few, as native radio buttons that look like one control.
import { Icon, type IconName } from "./icons.tsx";

export interface Option<T> {
  value: T;
  label: string;
  icon?: IconName;
  tone?: string;
}

interface SegmentedProps<T extends string | number> {
  label: string;
  name: string;
  options: readonly Option<T>[];
  value: T | null;
  onChoose: (value: T) => void;
  kind?: string;
}

export function Segmented<T extends string | number>(props: SegmentedProps<T>) {
  const { label, name, options, value, onChoose, kind = "" } = props;
  return (
    <div class={`segmented ${kind}`} role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} class={`segment segment-${option.tone ?? "plain"}`}>
          <input
            type="radio"
            name={name}
            value={String(option.value)}
            checked={option.value === value}
            onChange={() => onChoose(option.value)}
            // Tapping what is chosen already asks for it again: a fail opens its sheet anew.
            onClick={() => {
              if (option.value === value) onChoose(option.value);
            }}
          />
          <span class="segment-face">
            {option.icon ? <Icon name={option.icon} /> : null}
            {option.label}
          </span>
        </label>
      ))}
    </div>
  );
}
