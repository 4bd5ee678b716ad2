// Uploads one file with tus-js-client, told how by one JSON argument; prints what came of it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Upload } = createRequire(new URL("../../pwa/package.json", import.meta.url))(
  "tus-js-client",
);
const wanted = JSON.parse(process.argv[2]);

function say(outcome) {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

const upload = new Upload(readFileSync(wanted.file), {
  endpoint: wanted.endpoint,
  headers: { Authorization: `Bearer ${wanted.token}` },
  metadata: { sha256: wanted.sha256, filename: "IMG_0001.jpg", filetype: "image/jpeg" },
  ...wanted.options,
  onSuccess: () => say({ kind: "sent", url: upload.url }),
  onError: (error) =>
    say({ kind: "failed", status: error.originalResponse?.getStatus(), url: upload.url }),
  onChunkComplete: (_size, accepted) => {
    if (wanted.stop_at && accepted >= wanted.stop_at) {
      upload.abort().then(() => say({ kind: "stopped", accepted, url: upload.url }));
    }
  },
});
upload.start();
