// What the checklist says about a photo of a fail, in an inspection made openly.
import type { Item } from "../../core/checklist.ts";
import type { Word } from "../words/zh.ts";

export const PHOTOS_AT_MOST = 12;

export function isPhotoRequired({ photoOnFail }: Item): boolean {
  return photoOnFail === "required" || photoOnFail === "required_masked";
}

export function photoWord({ photoOnFail }: Item): Word {
  if (photoOnFail === "required") return "sheet.photoRequired";
  if (photoOnFail === "required_masked") return "sheet.photoMasked";
  return photoOnFail === "optional_with_notice" ? "sheet.photoNotice" : "sheet.photoOptional";
}
