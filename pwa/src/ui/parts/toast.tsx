// The short word at the bottom, with its undo.
import { useModel, useSay } from "../use.ts";

export function ToastView() {
  const { toasts } = useModel();
  const say = useSay();
  const toast = toasts.current.value;
  const undo = () => {
    toast?.undo?.();
    toasts.close();
  };
  return (
    <div class="toast-layer" role="status">
      {toast ? (
        <div class="toast">
          <span>{toast.text}</span>
          {toast.undo ? (
            <button type="button" class="toast-undo" onClick={undo}>
              {say("common.undo")}
            </button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
