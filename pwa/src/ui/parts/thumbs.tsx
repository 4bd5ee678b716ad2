// Small pictures of the photos kept on this phone.
import { useEffect, useState } from "preact/hooks";
import { readThumb } from "../../store/photos.ts";
import { useModel, useSay } from "../use.ts";
import { Icon } from "./icons.tsx";

export function Thumbs({ names, title }: { names: readonly string[]; title: string }) {
  const say = useSay();
  if (names.length === 0) return null;
  return (
    <span class="thumbs">
      {names.map((name, index) => (
        <Thumb key={name} name={name} alt={say("sheet.photoAlt", { item: title, n: index + 1 })} />
      ))}
    </span>
  );
}

export function Thumb({ name, alt }: { name: string; alt: string }) {
  const url = usePhotoUrl(name);
  if (url) return <img class="thumb" src={url} alt={alt} width={72} height={72} />;
  return (
    <span class="thumb thumb-none" role="img" aria-label={alt}>
      <Icon name="camera" />
    </span>
  );
}

// The address of a blob holds its bytes in memory until it is given back.
function usePhotoUrl(name: string): string | null {
  const { phone } = useModel();
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let isWanted = true;
    void readThumb(phone.db, name).then((bytes) => {
      if (!bytes || !isWanted) return;
      made = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      setUrl(made);
    });
    return () => {
      isWanted = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [phone, name]);
  return url;
}
