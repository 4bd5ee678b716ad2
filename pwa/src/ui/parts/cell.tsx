// White groups of rows on the grey page: the app's basic furniture.
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons.tsx";

interface GroupProps {
  title?: string;
  note?: string | null;
  children: ComponentChildren;
}

export function Group({ title, note, children }: GroupProps) {
  return (
    <section class="group">
      {title ? <h2 class="group-title">{title}</h2> : null}
      <div class="cells">{children}</div>
      {note ? <p class="group-note">{note}</p> : null}
    </section>
  );
}

interface CellProps {
  label: ComponentChildren;
  value?: ComponentChildren;
  note?: ComponentChildren;
  icon?: IconName;
  tone?: Tone | undefined;
}

export type Tone = "pass" | "fail" | "caution" | "primary" | "quiet";

export function Cell({ label, value, note, icon, tone }: CellProps) {
  return (
    <div class={`cell ${tone ? `is-${tone}` : ""}`}>
      <CellBody label={label} value={value} note={note} {...(icon ? { icon } : {})} />
    </div>
  );
}

export function TapCell({ onTap, ...body }: CellProps & { onTap: () => void }) {
  return (
    <button
      type="button"
      class={`cell cell-tap ${body.tone ? `is-${body.tone}` : ""}`}
      onClick={onTap}
    >
      <CellBody {...body} />
      <span class="cell-go">
        <Icon name="chevron" />
      </span>
    </button>
  );
}

function CellBody({ label, value, note, icon }: CellProps) {
  return (
    <>
      {icon ? (
        <span class="cell-icon">
          <Icon name={icon} />
        </span>
      ) : null}
      <span class="cell-text">
        <span class="cell-label">{label}</span>
        {note ? <span class="cell-note">{note}</span> : null}
      </span>
      {value === undefined || value === null ? null : <span class="cell-value">{value}</span>}
    </>
  );
}

interface BigButtonProps {
  children: ComponentChildren;
  onTap: () => void;
  isBusy?: boolean;
  tone?: "primary" | "plain" | "danger";
}

export function BigButton({ children, onTap, isBusy, tone = "primary" }: BigButtonProps) {
  return (
    <button
      type="button"
      class={`big big-${tone}`}
      aria-busy={isBusy ? "true" : undefined}
      onClick={() => {
        if (!isBusy) onTap();
      }}
    >
      {children}
    </button>
  );
}

export function Empty({ title, text }: { title: string; text: string }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p>{text}</p>
    </div>
  );
}
