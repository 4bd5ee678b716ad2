// Shown when the phone's database does not open: nothing is lost by it, and nothing can be done without it.
import { BigButton } from "./parts/cell.tsx";
import { LanguageChoice } from "./parts/language-choice.tsx";
import type { Words } from "./words/words.ts";

export function BrokenScreen({ words, onRetry }: { words: Words; onRetry: () => void }) {
  const say = words.say.value;
  return (
    <div class="screen">
      <header class="bar">
        <h1 class="bar-title">{say("app.name")}</h1>
        <LanguageChoice words={words} />
      </header>
      <main class="content">
        <section class="card is-caution" role="alert">
          <h2>{say("app.broken")}</h2>
          <p>{say("app.brokenHelp")}</p>
        </section>
      </main>
      <footer class="foot">
        <BigButton onTap={onRetry}>{say("app.retry")}</BigButton>
      </footer>
    </div>
  );
}
