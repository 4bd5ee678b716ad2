// A short word at the bottom of the screen, with a way to take the last step back.
import { type ReadonlySignal, signal } from "@preact/signals";

export interface Toast {
  text: string;
  undo: (() => void) | null;
}

export interface Toasts {
  current: ReadonlySignal<Toast | null>;
  show(text: string, undo?: () => void): void;
  close(): void;
}

const SHOWN_MS = 3_000;
// Long enough to read, decide and reach.
const UNDO_MS = 8_000;

export function createToasts(): Toasts {
  const current = signal<Toast | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    current.value = null;
  };
  const show = (text: string, undo?: () => void) => {
    clearTimeout(timer);
    current.value = { text, undo: undo ?? null };
    timer = setTimeout(close, undo ? UNDO_MS : SHOWN_MS);
  };
  return { current, show, close };
}
