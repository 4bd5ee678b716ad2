// Shown instead of the app where the browser cannot keep records: says why, and what to open it in.
import { useState } from "preact/hooks";
import { BigButton } from "../parts/cell.tsx";
import { Icon } from "../parts/icons.tsx";
import { LanguageChoice } from "../parts/language-choice.tsx";
import type { Words } from "../words/words.ts";
import type { Ability } from "./ability.ts";

interface UnableProps {
  missing: readonly Ability[];
  words: Words;
  link: string;
}

export function UnableScreen({ missing, words, link }: UnableProps) {
  const say = words.say.value;
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    setCopied(copyText(link));
  };
  return (
    <div class="screen">
      <header class="bar">
        <h1 class="bar-title">{say("app.name")}</h1>
        <LanguageChoice words={words} />
      </header>
      <main class="content">
        <section class="card is-caution">
          <h2>
            <Icon name="warn" /> {say("enrol.missing")}
          </h2>
          <p>{say("enrol.missingHelp")}</p>
          <ul>
            {missing.map((ability) => (
              <li key={ability}>{say(`enrol.missing.${ability}`)}</li>
            ))}
          </ul>
          <p class="link-text">{link}</p>
          <p role="status">{isCopied ? say("enrol.copied") : ""}</p>
        </section>
      </main>
      <footer class="foot">
        <BigButton onTap={copy}>{say("enrol.copyLink")}</BigButton>
      </footer>
    </div>
  );
}

// navigator.clipboard needs https and a new browser: the ones that come here have neither.
function copyText(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  const isCopied = document.execCommand("copy");
  box.remove();
  return isCopied;
}
