// A suspected critical: what the checklist says must be done now, before anything is confirmed.
import type { Checklist } from "../../core/checklist.ts";
import { Icon } from "../parts/icons.tsx";
import { named } from "../state/read.ts";
import { useLanguage, useSay } from "../use.ts";
import { half } from "../words/words.ts";
import { type Fail, protocolOf } from "./review.ts";

export function Suspected({ checklist, fails }: { checklist: Checklist; fails: readonly Fail[] }) {
  const say = useSay();
  const language = useLanguage();
  if (fails.length === 0) return null;
  const kinds = [...new Set(fails.map(({ item }) => item.criticalKind))];
  return (
    <section class="card is-fail" aria-label={say("finish.suspected", { n: fails.length })}>
      <h2>
        <Icon name="warn" /> {say("finish.suspected", { n: fails.length })}
      </h2>
      {kinds.map((kind) => {
        const protocol = protocolOf(checklist, kind);
        const names = fails
          .filter(({ item }) => item.criticalKind === kind)
          .map(({ item }) => named(item, language));
        return (
          <div key={kind}>
            <p>
              <strong>
                {protocol ? `${named(protocol, language)}: ` : ""}
                {names.join(" · ")}
              </strong>
            </p>
            <ol class="steps">
              {(protocol?.steps ?? []).map((step) => (
                <li key={step}>{half(step, language)}</li>
              ))}
            </ol>
          </div>
        );
      })}
      <p class="quiet">{say("finish.suspectedText")}</p>
    </section>
  );
}
