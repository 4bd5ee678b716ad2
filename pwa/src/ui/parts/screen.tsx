// The frame of every screen: bar with title on top, what it is about, one big action at the bottom.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Route } from "../state/route.ts";
import { useModel, useSay } from "../use.ts";
import { Icon } from "./icons.tsx";
import { NotSavedAlert } from "./saved-mark.tsx";
import { TabBar } from "./tab-bar.tsx";
import { ToastView } from "./toast.tsx";

interface ScreenProps {
  title: string;
  /** Where Back leads when there is nothing before this screen. */
  parent?: Route;
  aside?: ComponentChildren;
  foot?: ComponentChildren;
  hasTabs?: boolean;
  kind?: string;
  children: ComponentChildren;
}

export function Screen({ title, parent, aside, foot, hasTabs, kind, children }: ScreenProps) {
  const heading = useHeadingFocus();
  return (
    <div class={`screen ${kind ?? ""}`}>
      <header class="bar">
        {parent ? <BackButton parent={parent} /> : null}
        <h1 class="bar-title" tabIndex={-1} ref={heading}>
          {title}
        </h1>
        <div class="bar-aside">{aside}</div>
      </header>
      <NotSavedAlert />
      <main class="content">{children}</main>
      <ToastView />
      {foot ? <footer class="foot">{foot}</footer> : null}
      {hasTabs ? <TabBar /> : null}
    </div>
  );
}

// A new screen is announced by its title; the first one after opening the app is read anyway.
function useHeadingFocus() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return heading;
}

function BackButton({ parent }: { parent: Route }) {
  const { navigator } = useModel();
  const say = useSay();
  return (
    <button
      type="button"
      class="bar-back"
      aria-label={say("nav.back")}
      onClick={() => navigator.back(parent)}
    >
      <Icon name="back" />
    </button>
  );
}
