import type { SendingTable } from './sending-strings.ts';

export const sending: SendingTable = {
  files: 'Dateien dieser Nachricht',
  remove: (name: string) => `${name} entfernen`,
  again: (name: string) => `${name} noch einmal versuchen`,
  original: 'Original',
  originalOf: (name: string) => `${name} als Originaldatei senden`,
  originalHint: 'Das Original behält alle Pixel und alles, was es über Ort, Zeit und Kamera sagt.',
  asItIs: 'mit Orts- und Kameradaten',
  uploaded: (name: string) => `${name} ist hochgeladen.`,
  allUploaded: (count: number) => `Alle ${count} Dateien sind hochgeladen.`,
  sent: (count: number) => (count === 1 ? 'Die Datei ist gesendet.' : `${count} Dateien sind gesendet.`),
  notSent: 'Eine Nachricht mit Dateien wurde nicht gesendet.',
  failed: (name: string, why: string) => `${name} kann nicht gesendet werden. ${why}`,
  tooLarge: (limit: string) => `Zu groß: Dieser Server nimmt höchstens ${limit} an.`,
  fullWaits: 'Der Server hat keinen Platz dafür. Es wird noch einmal versucht.',
  removeRefused:
    'Entferne, was nicht gesendet werden kann, oder versuche es noch einmal. Sende dann die Nachricht.',
  tooMany: (count: number) => `Eine Nachricht fasst höchstens ${count} Dateien. Die übrigen fehlen.`,
  onlyHere:
    'Auf diesem Gerät ist kein Platz für diese Dateien. Sie gehen verloren, wenn du dieses Fenster schließt, bevor sie hochgeladen und gesendet sind.',
  drop: 'Dateien hier ablegen',
  nowhere: 'Öffne zuerst eine Unterhaltung und füge dann die Dateien hinzu.',
  folder: 'Ordner lassen sich nicht senden. Sende die Dateien darin, oder packe den Ordner in eine Datei.',
  longText: 'Dieser Text ist zu lang für eine Nachricht. Er wurde als Datei hinzugefügt.',
  longTextName: 'Eingefügter Text.txt',
  notHere: 'In dieser Unterhaltung lassen sich keine Dateien senden.',
};
