// Photos of a fail: taken with the camera, made small by a worker, kept with the answer in one step.
import { useState } from "preact/hooks";
import type { Answer } from "../../core/answer.ts";
import type { Item } from "../../core/checklist.ts";
import type { PreparedPhoto } from "../../store/photos.ts";
import { Icon } from "../parts/icons.tsx";
import { Thumb } from "../parts/thumbs.tsx";
import type { Form } from "../state/form.ts";
import { named } from "../state/read.ts";
import { useLanguage, useModel, useSay } from "../use.ts";
import { PHOTOS_AT_MOST, photoWord } from "./photo-rule.ts";

interface PhotoPartProps {
  form: Form;
  item: Item;
  answer: Answer;
}

export function PhotoPart({ form, item, answer }: PhotoPartProps) {
  const say = useSay();
  const photos = answer.photos ?? [];
  const { busy, broken, isFull, take } = usePhotos(form, item.id, photos.length);
  return (
    <div class="sheet-part">
      <p class="sheet-label">{say(photoWord(item))}</p>
      <div class="photos">
        <label class="shoot">
          <input
            type="file"
            accept="image/*"
            capture="environment"
            multiple
            aria-label={say("sheet.photo")}
            onChange={(event) => {
              void take([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = "";
            }}
          />
          <span class="shoot-face">
            <Icon name="camera" />
            {say("sheet.photo")}
          </span>
        </label>
        {photos.map((name, index) => (
          <Removable key={name} form={form} item={item} name={name} n={index + 1} />
        ))}
      </div>
      <p role="status" class="quiet">
        {busy > 0 ? say("sheet.photoBusy", { n: busy }) : ""}
      </p>
      {broken > 0 ? (
        <p class="alert" role="alert">
          {say("sheet.photoBroken", { n: broken })}
        </p>
      ) : null}
      {isFull ? <p class="alert">{say("sheet.photoMany", { n: PHOTOS_AT_MOST })}</p> : null}
    </div>
  );
}

interface Taking {
  busy: number;
  broken: number;
  isFull: boolean;
  take: (files: File[]) => Promise<void>;
}

// One after the other: two decoded photos at a time are too many for a phone of 2 GB.
function usePhotos(form: Form, item: string, count: number): Taking {
  const { phone } = useModel();
  const [busy, setBusy] = useState(0);
  const [broken, setBroken] = useState(0);
  const [isFull, setFull] = useState(false);
  const take = async (files: File[]) => {
    const fitting = files.slice(0, Math.max(PHOTOS_AT_MOST - count, 0));
    setFull(fitting.length < files.length);
    setBroken(0);
    setBusy(fitting.length);
    for (const file of fitting) {
      const photo = await phone.preparePhoto(file);
      if (photo) await form.addPhoto(item, photo);
      else setBroken((n) => n + 1);
      setBusy((n) => n - 1);
    }
  };
  return { busy, broken, isFull, take };
}

interface RemovableProps {
  form: Form;
  item: Item;
  name: string;
  n: number;
}

function Removable({ form, item, name, n }: RemovableProps) {
  const { phone, toasts } = useModel();
  const say = useSay();
  const language = useLanguage();
  const remove = async () => {
    // Held in memory for as long as the undo is on screen.
    const photo: PreparedPhoto | null = await phone.readPhoto(name);
    if (!(await form.dropPhoto(item.id, name))) return;
    const undo = photo ? () => void form.addPhoto(item.id, photo) : undefined;
    toasts.show(say("sheet.photoRemoved"), undo);
  };
  return (
    <span class="photo">
      <Thumb name={name} alt={say("sheet.photoAlt", { item: named(item, language), n })} />
      <button
        type="button"
        class="photo-remove"
        aria-label={say("sheet.removePhoto", { n })}
        onClick={() => void remove()}
      >
        <Icon name="fail" />
      </button>
    </span>
  );
}
