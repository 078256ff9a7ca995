// The recording beside the plot, as long as it is at hand: it never comes back from the service.

import { button, fill, make } from "./dom.js";

const HASHED_AT_MOST = 512 * 2 ** 20;

/** Return { element, seek, toggle }; `onTime` is told where the recording is, in milliseconds. */
export function player(file, sha256, onTime) {
  const element = make("div", { class: "player" });
  const state = { video: null };
  const add = (chosen) => {
    state.video = shown(element, chosen, onTime);
    if (chosen !== file) warn(element, chosen, sha256);
  };
  if (file) add(file);
  else ask(element, add);
  return {
    element,
    seek: (atMs) => { if (state.video) state.video.currentTime = atMs / 1000; },
    toggle: () => {
      if (state.video) state.video.paused ? state.video.play().catch(() => {}) : state.video.pause();
    },
  };
}

function ask(element, add) {
  const input = make("input", { type: "file", class: "unseen", id: "along", accept: "video/*,image/*,.mkv,.avi,.ts" });
  input.addEventListener("change", () => input.files.length && add(input.files[0]));
  fill(element, make("div", { class: "absent" },
    make("p", {}, "The service has erased the recording. If you still have it, play it here in step with the plot; it is not sent."),
    make("div", { class: "actions" }, input, make("label", { for: "along", class: "button" }, "Add the recording"))));
}

function shown(element, file, onTime) {
  const address = URL.createObjectURL(file);
  if (file.type.startsWith("image/")) {
    fill(element, make("img", { src: address, alt: "The picture that was assessed" }));
    return null;
  }
  const video = make("video", { src: address, controls: true, playsinline: true, preload: "auto", "aria-label": "The recording" });
  video.muted = true;
  const tell = () => onTime(1000 * video.currentTime);
  const go = () => {
    tell();
    if (!video.paused && video.isConnected) requestAnimationFrame(go);
  };
  video.addEventListener("play", go);
  video.addEventListener("seeked", tell);
  video.addEventListener("error", () =>
    fill(element, make("p", { class: "absent" }, "This browser cannot play the recording. The plot works without it.")));
  fill(element, video);
  return video;
}

async function warn(element, file, sha256) {
  if (!globalThis.crypto?.subtle || file.size > HASHED_AT_MOST) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex === sha256) return;
  element.append(make("div", { class: "problem", role: "alert" }, make("p", { class: "title" }, "This is another recording"),
    make("p", {}, "Its SHA-256 is not that of the recording that was assessed, so picture and plot do not belong together."),
    make("div", { class: "actions" }, button("Take it away", () => location.reload()))));
}
