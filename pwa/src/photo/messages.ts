// What the page and the photo worker say to each other.
import type { Development } from "./develop.ts";

export interface Asked {
  id: number;
  file: Blob;
}

export interface Answered {
  id: number;
  development: Development;
}
