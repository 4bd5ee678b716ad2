// Looks something up as it is typed; says whether what is shown belongs to the text that stands there.
import { useEffect, useState } from "preact/hooks";
import { useModel } from "../use.ts";

export interface Search<T> {
  rows: T[];
  /** False while the rows are still those of an earlier text. */
  isDone: boolean;
}

/** `look` is called for each text, and again when the lists change; an older answer never wins. */
export function useSearch<T>(text: string, look: (text: string) => Promise<T[]>): Search<T> {
  const { lists } = useModel();
  const held = lists.lists.value;
  const [found, setFound] = useState<{ text: string | null; rows: T[] }>({ text: null, rows: [] });
  useEffect(() => {
    let isWanted = true;
    void look(text).then((rows) => {
      if (isWanted) setFound({ text, rows });
    });
    return () => {
      isWanted = false;
    };
  }, [text, held]);
  return { rows: found.rows, isDone: found.text === text };
}
