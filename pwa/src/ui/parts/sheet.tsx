// A sheet from below that keeps the keyboard inside it and gives the focus back when it goes.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useModel, useSay } from "../use.ts";
import { BigButton } from "./cell.tsx";
import { Icon } from "./icons.tsx";
import { NotSavedAlert } from "./saved-mark.tsx";

interface SheetProps {
  title: string;
  onClose: () => void;
  foot: ComponentChildren;
  role?: "dialog" | "alertdialog";
  children: ComponentChildren;
}

const FOCUSABLE = "button, input, textarea, [tabindex='0']";

export function Sheet({ title, onClose, foot, role = "dialog", children }: SheetProps) {
  const say = useSay();
  const { toasts } = useModel();
  // A word about what was done before would lie over what is asked now.
  useEffect(() => toasts.close(), [toasts]);
  const box = useRef<HTMLDivElement>(null);
  useFocusInside(box);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape and Tab of the dialog inside arrive here.
    <div class="sheet-layer" onKeyDown={(event) => onKey(event, box.current, onClose)}>
      <button
        type="button"
        class="sheet-shade"
        tabIndex={-1}
        aria-hidden="true"
        onClick={onClose}
      />
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is one of the two dialog roles. */}
      <div
        class="sheet"
        role={role}
        aria-modal="true"
        aria-labelledby="sheet-title"
        tabIndex={-1}
        ref={box}
      >
        <div class="sheet-head">
          <h2 id="sheet-title">{title}</h2>
          <button
            type="button"
            class="sheet-close"
            aria-label={say("common.close")}
            onClick={onClose}
          >
            <Icon name="fail" />
          </button>
        </div>
        <NotSavedAlert />
        <div class="sheet-body">{children}</div>
        <div class="sheet-foot">{foot}</div>
      </div>
    </div>
  );
}

function useFocusInside(box: { current: HTMLDivElement | null }): void {
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected)
        before.focus({ preventScroll: true });
    };
  }, [box]);
}

function onKey(event: KeyboardEvent, box: HTMLElement | null, onClose: () => void): void {
  if (event.key === "Escape") onClose();
  if (event.key !== "Tab" || !box) return;
  const inside = [...box.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const edge = event.shiftKey ? inside[0] : inside[inside.length - 1];
  const isAtEdge = document.activeElement === edge || document.activeElement === box;
  if (!isAtEdge) return;
  event.preventDefault();
  (event.shiftKey ? inside[inside.length - 1] : inside[0])?.focus();
}

interface AskProps {
  title: string;
  yes: string;
  no: string;
  isDanger?: boolean;
  onYes: () => void;
  onNo: () => void;
  children?: ComponentChildren;
}

/** A question that must be answered before something that cannot be taken back. */
export function Ask({ title, yes, no, isDanger, onYes, onNo, children }: AskProps) {
  const foot = (
    <div class="ask-buttons">
      <BigButton tone="plain" onTap={onNo}>
        {no}
      </BigButton>
      <BigButton tone={isDanger ? "danger" : "primary"} onTap={onYes}>
        {yes}
      </BigButton>
    </div>
  );
  return (
    <Sheet title={title} onClose={onNo} foot={foot} role="alertdialog">
      {children}
    </Sheet>
  );
}
