// How a component reaches the model, the words and the language.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Model } from "./state/model.ts";
import type { Language, Say } from "./words/words.ts";

export const ModelContext = createContext<Model | null>(null);

export function useModel(): Model {
  const model = useContext(ModelContext);
  if (!model) throw new Error("a screen was drawn outside of the app");
  return model;
}

export function useSay(): Say {
  return useModel().words.say.value;
}

export function useLanguage(): Language {
  return useModel().words.language.value;
}
