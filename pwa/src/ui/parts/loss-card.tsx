// Says that what this phone held was cleared away, and how much of it the server never got.
import { keepLoss } from "../../store/canary.ts";
import { useModel, useSay } from "../use.ts";
import { BigButton } from "./cell.tsx";

export function LossCard() {
  const { desk, phone } = useModel();
  const say = useSay();
  const loss = desk.loss.value;
  if (!loss) return null;
  const close = () => keepLoss(phone.db, null).then(desk.load);
  return (
    <section class="card is-fail" role="alert">
      <h2>{say("loss.title")}</h2>
      <p>
        {say(loss.unsent > 0 ? "loss.unsent" : "loss.none", {
          n: loss.unsent,
          serial: loss.serial,
        })}
      </p>
      {desk.device.value ? (
        <BigButton tone="plain" onTap={() => void close()}>
          {say("loss.known")}
        </BigButton>
      ) : null}
    </section>
  );
}
