// Text that is being typed: shown as typed, saved as it comes, never overwritten under the fingers.
import { useState } from "preact/hooks";

export interface Draft {
  text: string;
  onInput(text: string): void;
  onBlur(): void;
}

/** While it has the focus the field shows what was typed; after that, what was kept. */
export function useDraft(kept: string, save: (text: string) => void): Draft {
  const [typed, setTyped] = useState<string | null>(null);
  return {
    text: typed ?? kept,
    onInput: (text) => {
      setTyped(text);
      save(text);
    },
    onBlur: () => setTyped(null),
  };
}
