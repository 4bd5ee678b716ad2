// Finds one of many: a search field, what it found, and a way to enter what is not in the list.
import type { ComponentChildren } from "preact";
import { useSay } from "../use.ts";
import { Icon } from "./icons.tsx";

interface SearchFieldProps {
  label: string;
  text: string;
  onInput: (text: string) => void;
  /** The app shows its own keyboard: the phone's stays away. */
  hasOwnKeyboard?: boolean;
}

export function SearchField({ label, text, onInput, hasOwnKeyboard }: SearchFieldProps) {
  const say = useSay();
  return (
    <div class="search">
      <Icon name="search" />
      <input
        type="text"
        aria-label={label}
        placeholder={label}
        value={text}
        inputMode={hasOwnKeyboard ? "none" : "text"}
        autocomplete="off"
        spellcheck={false}
        maxLength={60}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {text ? (
        <button
          type="button"
          class="search-clear"
          aria-label={say("vehicle.clear")}
          onClick={() => onInput("")}
        >
          <Icon name="fail" />
        </button>
      ) : null}
    </div>
  );
}

interface PickCellProps {
  title: ComponentChildren;
  note?: string;
  aside?: string;
  isChosen?: boolean;
  onPick: () => void;
}

export function PickCell({ title, note, aside, isChosen, onPick }: PickCellProps) {
  return (
    <button
      type="button"
      class="cell cell-tap"
      aria-current={isChosen ? "true" : undefined}
      onClick={onPick}
    >
      <span class="cell-text">
        <span class="cell-label">{title}</span>
        {note ? <span class="cell-note">{note}</span> : null}
      </span>
      {aside ? <span class="cell-value">{aside}</span> : null}
      <span class="cell-go">{isChosen ? <Icon name="pass" /> : null}</span>
    </button>
  );
}
