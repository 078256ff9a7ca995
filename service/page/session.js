// What this tab keeps until it is closed: the key, and where unfinished uploads lie.

const KEY = "mien.key";
const UPLOAD = "mien.upload.";

export const key = {
  get: () => sessionStorage.getItem(KEY),
  set: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.clear(),
};

// Size, type and time of change find an interrupted upload again; the file's name is not kept.
const mark = (file) => `${UPLOAD}${file.size}.${file.type}.${file.lastModified ?? 0}`;

export const uploads = {
  get: (file) => sessionStorage.getItem(mark(file)),
  set: (file, address) => sessionStorage.setItem(mark(file), address),
  forget: (file) => sessionStorage.removeItem(mark(file)),
};
