// SHA-256 and the texts that carry it: hex in names, base64 in headers and signatures.

export type Bytes = Uint8Array<ArrayBuffer>;

export async function sha256(bytes: Bytes | ArrayBuffer): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export async function sha256Hex(content: Bytes | ArrayBuffer | string): Promise<string> {
  return toHex(await sha256(typeof content === "string" ? toUtf8(content) : content));
}

export function toUtf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** A node of a Merkle tree over its two children, all in hex: SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: string, right: string): Promise<string> {
  const pairs = `01${left}${right}`.match(/../g) as string[];
  return sha256Hex(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)));
}

export function toHex(bytes: Bytes): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

export function toBase64(bytes: Bytes): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text: string): Bytes {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index++) bytes[index] = raw.charCodeAt(index);
  return bytes;
}
