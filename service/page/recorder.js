// A recording from the camera: picture only, no sound.

import { announce, button, fill, make } from "./dom.js";
import { clock } from "./words.js";

const WANTED = {
  audio: false,
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, facingMode: "user" },
};
const TYPES = ["video/mp4;codecs=avc1.42E01F", "video/webm;codecs=vp8", "video/webm"];
const REASONS = {
  NotAllowedError: "The browser was not allowed to use the camera. Allow it for this page in the address bar, then try again.",
  NotFoundError: "No camera was found. Connect one, or choose a file.",
  NotReadableError: "The camera is in use by another program. Close that program, then try again.",
};

/** Fill the place with the camera; `onFile` gets the recording, `onClose` is called without one. */
export async function openCamera(place, onFile, onClose) {
  if (!isSecureContext) {
    tell(place, "The camera works only over https or on this computer itself. Choose a file instead.", onClose);
    return;
  }
  if (!navigator.mediaDevices?.getUserMedia || !globalThis.MediaRecorder) {
    tell(place, "This browser cannot record. Choose a file instead.", onClose);
    return;
  }
  try {
    show(place, await navigator.mediaDevices.getUserMedia(WANTED), onFile, onClose);
  } catch (error) {
    tell(place, REASONS[error.name] ?? `The camera could not be opened (${error.name}). Choose a file instead.`, onClose);
  }
}

function tell(place, words, onClose) {
  fill(place, make("div", { class: "problem", role: "alert" }, make("p", { class: "title" }, "No camera"),
    make("p", {}, words), make("div", { class: "actions" }, button("Back", onClose))));
}

function show(place, stream, onFile, onClose) {
  const preview = make("video", { class: "preview mirrored", playsinline: true, "aria-label": "What the camera sees" });
  preview.muted = true;
  preview.srcObject = stream;
  preview.play().catch(() => {});
  const close = () => stream.getTracks().forEach((track) => track.stop());
  const timer = make("span", { class: "timer", role: "timer" });
  const start = button("Start recording", () => record(stream, timer, (file) => { close(); onFile(file); }, start), { class: "primary" });
  const leave = button("Close the camera", () => { close(); onClose(); });
  fill(place, preview, make("p", { class: "fine" }, "Face from the front, in light, filling a third of the picture. No sound is recorded."),
    make("div", { class: "actions" }, start, leave, timer));
  start.focus();
  addEventListener("hashchange", close, { once: true });
}

function record(stream, timer, onFile, start) {
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 4_000_000 });
  const parts = [];
  const began = performance.now();
  const tick = setInterval(() => { timer.textContent = `Recording ${clock(Math.floor((performance.now() - began) / 1000) * 1000)}`; }, 250);
  recorder.ondataavailable = (event) => { if (event.data.size) parts.push(event.data); };
  recorder.onstop = () => {
    clearInterval(tick);
    const plain = recorder.mimeType.split(";")[0];
    onFile(new File(parts, "recording", { type: plain, lastModified: Date.now() }));
  };
  recorder.start(1000);
  timer.textContent = "Recording 0:00";
  announce("Recording");
  const stop = button("Stop", () => recorder.stop(), { class: "primary" });
  start.replaceWith(stop);
  stop.focus();
}
