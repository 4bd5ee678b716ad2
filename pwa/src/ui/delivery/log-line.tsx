// What this phone has found out, as a witness, about the server's log.
import { witnessOf } from "../../store/heads.ts";
import { ageText } from "../state/read.ts";
import { useModel, useSay } from "../use.ts";

export function LogLine() {
  const { desk, phone } = useModel();
  const say = useSay();
  const device = desk.device.value;
  if (!device) return null;
  const { lost, confirmedSize, confirmedAtMs } = witnessOf(device);
  const agoMs = phone.clock() + device.serverAheadMs - confirmedAtMs;
  return (
    <>
      {lost.length > 0 ? (
        <p class="alert" role="alert">
          {say("log.lost")}
        </p>
      ) : null}
      {confirmedSize !== null ? (
        <p class="group-note">
          {say("log.confirmed", { n: confirmedSize, age: ageText(agoMs, say) })}
        </p>
      ) : null}
    </>
  );
}
