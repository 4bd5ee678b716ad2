// Large keys for a plate, so that a gloved thumb finds them; the phone's own keyboard is a tap away.
import { useState } from "preact/hooks";
import { Icon } from "../parts/icons.tsx";
import { useSay } from "../use.ts";
import { PROVINCES, SIGNS } from "./plate-keys.ts";

interface PlateKeyboardProps {
  onKey: (sign: string) => void;
  onDelete: () => void;
  onLeave: () => void;
}

export function PlateKeyboard({ onKey, onDelete, onLeave }: PlateKeyboardProps) {
  const say = useSay();
  const [isProvinces, setProvinces] = useState(false);
  const press = (sign: string) => {
    onKey(sign);
    setProvinces(false);
  };
  return (
    <fieldset class="keyboard" aria-label={say("vehicle.keyboard")}>
      <div class="keyboard-top">
        <button type="button" onClick={() => setProvinces(!isProvinces)}>
          {say(isProvinces ? "vehicle.letters" : "vehicle.provinces")}
        </button>
        <button type="button" onClick={onLeave}>
          {say("vehicle.systemKeyboard")}
        </button>
        <button type="button" aria-label={say("vehicle.delete")} onClick={onDelete}>
          <Icon name="erase" />
        </button>
      </div>
      <div class="keys">
        {(isProvinces ? PROVINCES : SIGNS).map((sign) => (
          <button key={sign} type="button" class="key" onClick={() => press(sign)}>
            {sign}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
