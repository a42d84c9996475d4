; The Windows installer, for NSIS 3: makensis -DVERSION=… -DINPUT=<dist\desktop\windows> -DOUTPUT=<file.exe> parley.nsi
; Installs for one user, without administrator rights, and downloads nothing.
Unicode true
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\chat.parley.desktop"
Name "Parley"
OutFile "${OUTPUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Parley"
Icon "${INPUT}/parley.ico"
UninstallIcon "${INPUT}/parley.ico"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Parley"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Parley installer"
VIAddVersionKey "LegalCopyright" "Apache-2.0"
Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

Section
  SetOutPath "$INSTDIR"
  File "${INPUT}/Parley.exe"
  File "${INPUT}/resources.neu"
  File "${INPUT}/parley.ico"
  File "${INPUT}/LICENSE"
  File "${INPUT}/third-party-notices.txt"
  ; Earlier versions stored the session here; it is in the web engine's storage now.
  Delete "$APPDATA\chat.parley.desktop\.storage\session.neustorage"
  Delete "$APPDATA\chat.parley.desktop\.storage\server.neustorage"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Parley.lnk" "$INSTDIR\Parley.exe" "" "$INSTDIR\parley.ico"
  WriteRegStr HKCU "${KEY}" "DisplayName" "Parley"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\parley.ico"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

; Messages, drafts and the session are kept: they belong to the user, not to the program.
Section "Uninstall"
  Delete "$SMPROGRAMS\Parley.lnk"
  Delete "$INSTDIR\Parley.exe"
  Delete "$INSTDIR\resources.neu"
  Delete "$INSTDIR\parley.ico"
  Delete "$INSTDIR\LICENSE"
  Delete "$INSTDIR\third-party-notices.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${KEY}"
SectionEnd
