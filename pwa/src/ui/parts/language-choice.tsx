// The languages, each by its own name; switching changes every word at once.
import { LANGUAGES, type Language, type Words } from "../words/words.ts";
import { Segmented } from "./segmented.tsx";

interface LanguageChoiceProps {
  words: Words;
  onChoose?: (language: Language) => void;
}

export function LanguageChoice({ words, onChoose }: LanguageChoiceProps) {
  const choose = (language: Language) => {
    if (onChoose) onChoose(language);
    else words.language.value = language;
  };
  return (
    <Segmented
      kind="is-small"
      label={words.say.value("mine.language")}
      name="language"
      options={LANGUAGES.map(({ code, name }) => ({ value: code, label: name }))}
      value={words.language.value}
      onChoose={choose}
    />
  );
}
