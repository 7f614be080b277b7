// Files with the folders that they were in, from a drop, a pick or the clipboard.

const paths = new WeakMap();

export const pathOf = (file) => paths.get(file) || file.webkitRelativePath || file.name;

// The server looks at the bytes. Browsers know a type by the name's ending alone, and some systems none for HEIC or
// AVIF; so a file that somebody picked is sent if its name does not say that it is something else. Of a folder, only
// what is named as photos are.
const isUntold = (file) => !file.type || file.type === "application/octet-stream";
const isPicked = (file) => !pathOf(file).includes("/");
export const looksLikeImage = (file) =>
  file.type.startsWith("image/") || (isUntold(file) && (isPicked(file) || isNamedAsPhoto(file)));
const isNamedAsPhoto = (file) =>
  /\.(heic|heif|avif|jpe?g|png|webp|tiff?|bmp|gif|jxl|jp2|dng|nef|cr2|cr3|arw|orf|raf|rw2)$/i.test(file.name);

// Hidden files are the system's own: .DS_Store, and what macOS writes beside each photo on a stick.
const isHidden = (path) => path.split("/").some((part) => part.startsWith("."));

// The entries must be asked for before the event is over; what is in them may take its time.
export function filesOf(data) {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  return entries.some((entry) => entry.isDirectory) ? walk(entries) : Promise.resolve([...data.files]);
}

async function walk(entries) {
  const found = [];
  for (const entry of entries) {
    if (entry.isDirectory) found.push(...(await walk(await childrenOf(entry))));
    else if (entry.isFile && !isHidden(entry.fullPath)) found.push(await fileOf(entry));
  }
  return found.filter(Boolean);
}

// A browser hands out a hundred at a time, and an empty list at the end.
async function childrenOf(folder) {
  const reader = folder.createReader();
  const children = [];
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return children.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    children.push(...some);
  }
}

function fileOf(entry) {
  return new Promise((resolve) =>
    entry.file(
      (file) => {
        paths.set(file, entry.fullPath.replace(/^\/+/, ""));
        resolve(file);
      },
      () => resolve(null), // unreadable: a broken link, or no permission
    ),
  );
}

// The folder that all of them are in, as a name for the batch.
export function commonFolder(files) {
  const [first, ...others] = files.map((file) => pathOf(file).split("/").slice(0, -1));
  if (!first?.length) return "";
  return others.every((parts) => parts[0] === first[0]) ? first[0] : "";
}
