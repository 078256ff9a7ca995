// Where the recording comes from: dropped, picked or recorded. Shown back before anything is sent.

import { announce, button, facts, fill, make } from "./dom.js";
import { openCamera } from "./recorder.js";
import { bytes, lasting } from "./words.js";

const ACCEPTED = "video/*,image/jpeg,image/png,.mkv,.avi,.ts,.mov";

/** Return the place for the recording; `onFile` gets the file, or null when it was taken back. */
export function source(onFile) {
  const place = make("div", { class: "source" });
  const empty = () => { onFile(null); fill(place, dropZone(chosen, camera)); };
  const chosen = (file) => {
    onFile(file);
    announce(`Recording chosen, ${bytes(file.size)}`);
    fill(place, shown(file, () => { empty(); place.querySelector("input").focus(); }));
  };
  const camera = () => openCamera(place, chosen, () => { empty(); place.querySelector("button").focus(); });
  fill(place, dropZone(chosen, camera));
  return place;
}

function dropZone(onFile, onCamera) {
  const input = make("input", { id: "file", type: "file", accept: ACCEPTED, class: "unseen" });
  input.addEventListener("change", () => input.files.length && onFile(input.files[0]));
  const zone = make("div", { class: "drop" },
    make("p", { class: "lead" }, "Drop a video of one person here"),
    make("div", { class: "actions" }, input, make("label", { for: "file", class: "button primary" }, "Choose a video"),
      button("Record with the camera", onCamera)),
    make("p", { class: "fine" }, "MP4, MOV, WebM, Matroska, AVI or MPEG-TS; a JPEG or PNG shows one frame. Its name is not sent."));
  const over = (state) => (event) => { event.preventDefault(); zone.classList.toggle("over", state); };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) onFile(event.dataTransfer.files[0]);
  });
  return zone;
}

function shown(file, onBack) {
  const address = URL.createObjectURL(file);
  const still = file.type.startsWith("image/");
  const media = still
    ? make("img", { class: "preview", src: address, alt: "The picture you chose" })
    : make("video", { class: "preview", src: address, controls: true, playsinline: true, preload: "metadata", "aria-label": "The recording you chose" });
  media.muted = true;
  const length = make("span", {}, "…");
  media.addEventListener("loadedmetadata", () => {
    length.textContent = Number.isFinite(media.duration) ? lasting(1000 * media.duration) : "not stated in the file";
  });
  media.addEventListener("error", () => {
    length.textContent = "unknown: this browser cannot play it, the service may still read it";
    media.remove();
  });
  return [media,
    facts([["File", file.name], ["Size", bytes(file.size)], still ? ["Length", "one frame"] : ["Length", length]]),
    make("div", { class: "actions" }, button("Take another", () => { URL.revokeObjectURL(address); onBack(); }))];
}
