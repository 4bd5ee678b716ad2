// The three places of the app that are always one tap away.

import { useModel, useSay } from "../use.ts";
import type { Word } from "../words/zh.ts";
import { Icon, type IconName } from "./icons.tsx";

const TABS = ["today", "delivery", "mine"] as const;
type Tab = (typeof TABS)[number];

const WORD: Record<Tab, Word> = { today: "nav.today", delivery: "nav.delivery", mine: "nav.mine" };
const ICON: Record<Tab, IconName> = { today: "today", delivery: "delivery", mine: "mine" };

export function TabBar() {
  const { navigator } = useModel();
  const say = useSay();
  const current = navigator.route.value.screen;
  return (
    <nav class="tabs" aria-label={say("nav.label")}>
      {TABS.map((tab) => (
        <button
          key={tab}
          type="button"
          class="tab"
          aria-current={tab === current ? "page" : undefined}
          onClick={() => navigator.go({ screen: tab })}
        >
          <Icon name={ICON[tab]} />
          {say(WORD[tab])}
        </button>
      ))}
    </nav>
  );
}
