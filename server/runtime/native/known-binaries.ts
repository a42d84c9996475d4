/** Written by scripts/native-binaries.ts. */
interface KnownFile {
  readonly sha256: string;
  /** The oldest glibc it runs on; absent where it asks for no more than Node 20 does. */
  readonly glibc?: string;
}

export interface KnownPackage {
  /** Where npm puts it in `node_modules`. */
  readonly folder: string;
  /** Name and exact version in the registry; `package-lock.json` holds its integrity. */
  readonly package: string;
  /** Used where it is installed and loads, and passed over elsewhere. */
  readonly optional: boolean;
  /** The file that it loads; `{platform}`, `{arch}` and `{abi}` are those of the running Node. */
  readonly loads: string;
  /** Who compiled it, and from what, as far as the package says. */
  readonly source: string;
  /** By file name. */
  readonly files: Readonly<Record<string, KnownFile>>;
}

export const KNOWN_PACKAGES: readonly KnownPackage[] = [
  {
    folder: 'uWebSockets.js',
    package: 'uwebsockets@3.0.6',
    optional: false,
    loads: 'uws_{platform}_{arch}_{abi}.node',
    source: 'uNetworking/uWebSockets.js at commit b8704be92ff2b16c6dd44cc2b334158ab73eef2a, repackaged',
    files: {
      'uws_linux_x64_115.node': {
        sha256: 'f4fa5d7b697529b45ac8aa3d57385d9af51bc1d2b26aa9f5b68ca4361542e665',
      },
      'uws_linux_x64_127.node': {
        sha256: '78e38a9a163b1cf33ce539619e5908111dea95a12e7943d95fbcdd524879caa8',
        glibc: '2.38',
      },
      'uws_linux_x64_137.node': {
        sha256: '3b549c14e01d9d1faf234cdf4b6f0fb08158605e3692cd0eb1b905e327bd3449',
        glibc: '2.38',
      },
      'uws_linux_arm64_115.node': {
        sha256: '034e0fcccdc08f90df3b130f421516311831b1352fe38eab91abc2984c2fdf3a',
      },
      'uws_linux_arm64_127.node': {
        sha256: 'a7d9bc3ec166421a49416d5ea4f49118ae68ea1dbf8a765c4f45a79b0b6adb13',
        glibc: '2.38',
      },
      'uws_linux_arm64_137.node': {
        sha256: 'b6eb007d627e00bcce03ad38f197124e9027c03f6fe784b37f97b8a6ea709cb4',
        glibc: '2.38',
      },
      'uws_darwin_x64_115.node': {
        sha256: '7552dc27e278be4a5f9ca4f571676e9046929ef8753b1bb63b84f78e1a752a11',
      },
      'uws_darwin_x64_127.node': {
        sha256: '1bcd63a9cd5cda811d899b80f9b1f7c9f29d128feafebe6976069ab1045a0335',
      },
      'uws_darwin_x64_137.node': {
        sha256: '7df6e0b2be43048200370a64ee91d6563879f5d3b0207f846dc81377ffc4e189',
      },
      'uws_darwin_arm64_115.node': {
        sha256: 'f6132ac4d0954ce32ed716d5b367270904c5885bc6e01dcc8ae5809a8967d504',
      },
      'uws_darwin_arm64_127.node': {
        sha256: '84ab0c487fbbb895afbfa24c7ac02db5922b2eb468b3a4663aaca52af29b420c',
      },
      'uws_darwin_arm64_137.node': {
        sha256: 'dd7623e7e600dcc1384c4a639ac05849f0c27125be8c431b702e0513e86613f0',
      },
      'uws_win32_x64_115.node': {
        sha256: '160eeb564c9e5887893f6b561fbcf39fecc6fbd6cacc86f461af67b3688d84fa',
      },
      'uws_win32_x64_127.node': {
        sha256: 'bf190a123983621f89f8ac667c354fd95f45b9b153095bdfe1167c50d1922746',
      },
      'uws_win32_x64_137.node': {
        sha256: 'ad2eff4924594a5dba3b451334f432bd526c33885960f8b68e85261b0ac4ff07',
      },
    },
  },
  {
    folder: '@btc-vision/uwebsockets.js',
    package: '@btc-vision/uwebsockets.js@20.57.0',
    optional: true,
    loads: 'uws_{platform}_{arch}_{abi}.node',
    source: 'compiled by its publisher from uNetworking/uWebSockets.js v20.57.0',
    files: {
      'uws_linux_x64_115.node': {
        sha256: '5b126ee00bf754b02e97e4c27090365a8562c5820c93f93918ac2212d4503e91',
        glibc: '2.38',
      },
      'uws_linux_x64_127.node': {
        sha256: '4b55b1f2cb7a7913febbb65a89496412b96af77e838552980092ba6b33723aac',
        glibc: '2.38',
      },
      'uws_linux_x64_137.node': {
        sha256: '98128405dba2fb608448e921a979530f70c946a2cc9889c15f2fa70c2d00ab05',
        glibc: '2.38',
      },
      'uws_linux_arm64_115.node': {
        sha256: '6bdbc8ff976b4371af1906175e9025804bacc38a414969f4f02314e6b99f206c',
        glibc: '2.38',
      },
      'uws_linux_arm64_127.node': {
        sha256: '82b79bd18d1e3563de336156005bd01b7f39fc387b65173d69a29da4ee79f895',
        glibc: '2.38',
      },
      'uws_linux_arm64_137.node': {
        sha256: '88618b30ddf6b2b62310db89f40a701616676352aac5e0f6184dd8ef876199ce',
        glibc: '2.38',
      },
      'uws_darwin_x64_115.node': {
        sha256: 'f661b97951ffdf54324e514becda0a2740f723c9fd3c7098e812a0e7714651ed',
      },
      'uws_darwin_x64_127.node': {
        sha256: 'fd551673f3ce1f104d7cec3ba8f628d9d04853eff1045c9d95983372ed90bca0',
      },
      'uws_darwin_x64_137.node': {
        sha256: '98fd7e9456e2d37d3262b05b053d673830927f91c63c0c2ae73bde8d19eef293',
      },
      'uws_darwin_arm64_115.node': {
        sha256: 'e92644395ac8d37cb078098f843fb1b82e59701832f38fed00a9bdcfb87ba939',
      },
      'uws_darwin_arm64_127.node': {
        sha256: '6180345d453e2e113feb2b0d76376493cd6a90056c3483fc22de7b0c340dc231',
      },
      'uws_darwin_arm64_137.node': {
        sha256: '2187391c702fa7ad3bf685eff7712c15cf24fa7cf324a131dfcbae3fd0f20a9a',
      },
      'uws_win32_x64_115.node': {
        sha256: '1ffbe9b09607fd9c90e98661383de2bd844b06d4f25ab502f3361d8d8fac559f',
      },
      'uws_win32_x64_127.node': {
        sha256: 'b4fa85dd015d6d32655f75e9d5b2480124b7649d9265a2b84d8dafe37f88f838',
      },
      'uws_win32_x64_137.node': {
        sha256: '84ae72d2149e6ffa2a44063344073599027b1ce8bffaab3957903f966b0c6bb9',
      },
    },
  },
  {
    folder: '@node-rs/argon2-linux-x64-gnu',
    package: '@node-rs/argon2-linux-x64-gnu@2.2.1',
    optional: false,
    loads: 'argon2.linux-x64-gnu.node',
    source: 'compiled from Rust by the publisher of @node-rs/argon2',
    files: {
      'argon2.linux-x64-gnu.node': {
        sha256: 'c5765fe04df2e2bb2cf38916837164344339ec4954cce51dd45c7d6848bd1f95',
      },
    },
  },
  {
    folder: '@node-rs/argon2-linux-x64-musl',
    package: '@node-rs/argon2-linux-x64-musl@2.2.1',
    optional: false,
    loads: 'argon2.linux-x64-musl.node',
    source: 'compiled from Rust by the publisher of @node-rs/argon2',
    files: {
      'argon2.linux-x64-musl.node': {
        sha256: 'c191438d685e2c45609100c2556b6a2f844fcd9a3585643b124acac732cc1e42',
      },
    },
  },
  {
    folder: '@node-rs/argon2-linux-arm64-gnu',
    package: '@node-rs/argon2-linux-arm64-gnu@2.2.1',
    optional: false,
    loads: 'argon2.linux-arm64-gnu.node',
    source: 'compiled from Rust by the publisher of @node-rs/argon2',
    files: {
      'argon2.linux-arm64-gnu.node': {
        sha256: '323090eec1aef10ddb685e398fc490056ea8b384b8bb4bfd845822ecf457fe09',
      },
    },
  },
  {
    folder: '@node-rs/argon2-linux-arm64-musl',
    package: '@node-rs/argon2-linux-arm64-musl@2.2.1',
    optional: false,
    loads: 'argon2.linux-arm64-musl.node',
    source: 'compiled from Rust by the publisher of @node-rs/argon2',
    files: {
      'argon2.linux-arm64-musl.node': {
        sha256: '8558204406a92545dcf781ed10e7a01bbccf2200b49e849a8574c35980e93640',
      },
    },
  },
  {
    folder: '@node-rs/argon2-darwin-x64',
    package: '@node-rs/argon2-darwin-x64@2.2.1',
    optional: false,
    loads: 'argon2.darwin-x64.node',
    source: 'compiled from Rust by the publisher of @node-rs/argon2',
    files: {
      'argon2.darwin-x64.node': {
        sha256: 'f7e8e15b749a8e27e8f773078871a14cebddc2557358345b62d4c40971e58473',
      },
    },
  },
  {
    folder: '@node-rs/argon2-darwin-arm64',
    package: '@node-rs/argon2-darwin-arm64@2.2.1',
    optional: false,
    loads: 'argon2.darwin-arm64.node',
    source: 'compiled from Rust by the publisher of @node-rs/argon2',
    files: {
      'argon2.darwin-arm64.node': {
        sha256: 'e764ad71aff52cfb386e501f7348d715417856205cc11ae7d8bb6072027647cd',
      },
    },
  },
  {
    folder: '@node-rs/argon2-win32-x64-msvc',
    package: '@node-rs/argon2-win32-x64-msvc@2.2.1',
    optional: false,
    loads: 'argon2.win32-x64-msvc.node',
    source: 'compiled from Rust by the publisher of @node-rs/argon2',
    files: {
      'argon2.win32-x64-msvc.node': {
        sha256: '86e578a41447210e16db8565d3eaee8661d29224f28a5656456362bda626bb91',
      },
    },
  },
];
