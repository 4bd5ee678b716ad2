// Line icons drawn on a 24-unit grid; they always stand beside a word or carry none of their own.
const PATHS = {
  back: "M15 5l-7 7 7 7",
  chevron: "M9 5l7 7-7 7",
  down: "M5 9l7 7 7-7",
  pass: "M5 12.5l4.5 4.5L19 7.5",
  fail: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  na: "M6 12h12",
  plus: "M12 6v12M6 12h12",
  camera: "M4 8.5h3.5L9 6h6l1.5 2.5H20v10H4zM12 10.5a3 3 0 100 6 3 3 0 000-6z",
  search: "M11 5a6 6 0 100 12 6 6 0 000-12zM15.5 15.5L20 20",
  warn: "M12 4.5l8.5 15h-17zM12 10v4.5M12 17v.2",
  clock: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4.5l3 2",
  send: "M12 19V6M6.5 11L12 5.5 17.5 11",
  arrived: "M3.5 12.5l4 4L16 8M11.5 15l1.5 1.5L21 8.5",
  question:
    "M9 9.2a3 3 0 115 2.2c-1 .8-2 1.4-2 2.8M12 17.4v.2M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17z",
  draft: "M5 19l1-4L16 5l3 3L9 18z",
  today: "M5 6.5h14V20H5zM5 10.5h14M9 4v4M15 4v4",
  delivery: "M4 12v7h16v-7M12 4v11M7.5 11l4.5 4.5 4.5-4.5",
  mine: "M12 4.5a3.75 3.75 0 100 7.5 3.75 3.75 0 000-7.5zM4.5 20c.6-4 3.6-6 7.500-6s6.900 2 7.500 6",
  erase: "M9 6h11v12H9l-5-6zM12 9.500l5 5M17 9.500l-5 5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
