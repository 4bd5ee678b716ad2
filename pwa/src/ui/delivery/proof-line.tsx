// Says "byte for byte" only when the server's proof was asked for, compared, and matched.
import { useEffect, useState } from "preact/hooks";
import type { ProofResult } from "../../net/proof.ts";
import type { Inspection } from "../../store/records.ts";
import { Icon } from "../parts/icons.tsx";
import { useModel, useSay } from "../use.ts";

export function ProofLine() {
  const { phone, desk } = useModel();
  const say = useSay();
  const [proof, setProof] = useState<ProofResult | null>(null);
  const last = phone.sync.last.value;
  const device = desk.device.value?.id ?? "";
  const arrived = desk.inspections.value.filter((one) => hasArrivedFrom(one, device));
  const records = arrived.length;
  useEffect(() => {
    setProof(null);
    if (last?.kind === "synced" && records > 0) void phone.prove().then(setProof);
  }, [phone, last, records]);
  if (records === 0) return null;
  const isProved = proof?.kind === "proved";
  const shown = arrived.reduce((sum, { delivery }) => sum + delivery.photos.arrived, 0);
  const photos = isProved ? proof.photos : shown;
  return (
    <p class={`proof ${isProved ? "is-proved" : ""}`}>
      <Icon name={isProved ? "arrived" : "clock"} />
      <span>{say(isProved ? "delivery.proof" : "delivery.unproved", { records, photos })}</span>
    </p>
  );
}

/** The proof is about what this enrolment sent, so only that is counted: a stamp ends with its device. */
function hasArrivedFrom({ delivery, state }: Inspection, device: string): boolean {
  return (
    delivery.kind === "arrived" && Object.values(state).some(({ stamp }) => stamp.endsWith(device))
  );
}
