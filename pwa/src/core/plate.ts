// Keys under which plates and names meet, however they were typed.

// Spaces (those without width among them), dots of every height, hyphens and dashes. Listed one
// by one, because "white space" is not the same set in Python and in JavaScript.
const SEPARATORS = new RegExp(
  "[ \\t\\n\\v\\f\\r\\u0085\\u00ad\\u1680\\u200b-\\u200d\\u2028\\u2029\\u2060\\ufeff" +
    ".\\u3002\\u00b7\\u2022\\u2027\\u2219\\u22c5\\u30fb" +
    "\\u2010-\\u2015\\u2212-]",
  "g",
);
const PLATE = /^[\u4e00-\u9fff][A-Z]/;

/**
 * The plate as it is matched: 豫d·O1234 and 豫D 01234 are one vehicle.
 *
 * Plates carry no letter O or I behind the place, so these can only be a mistyped 0 and 1.
 */
export function plateKey(text: string): string {
  const key = folded(text);
  if (!PLATE.test(key)) return key;
  return key.slice(0, 2) + key.slice(2).replace(/O/g, "0").replace(/I/g, "1");
}

/** A person's name as it is matched: no spaces, no dots, one width, one case. */
export function nameKey(text: string): string {
  return folded(text);
}

function folded(text: string): string {
  return text.normalize("NFKC").replace(SEPARATORS, "").toUpperCase().normalize("NFKC");
}
