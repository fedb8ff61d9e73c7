# `cmake --install build --prefix P`: the program, the doors, the catalogue with its studies, and the report's page.
# An installed program finds its data beside itself, in ../share/melian, wherever P is moved to.
include(GNUInstallDirs)
install(TARGETS melian RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY models studies DESTINATION ${CMAKE_INSTALL_DATADIR}/melian)
install(FILES web/dist/index.html DESTINATION ${CMAKE_INSTALL_DATADIR}/melian/web OPTIONAL)
install(DIRECTORY include/melian DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# `melian run` writes no report without its page.
install(CODE "
  if(NOT EXISTS \"${PROJECT_SOURCE_DIR}/web/dist/index.html\")
    message(WARNING \"The report's page has not been built, so the installed program writes no report: run `make web` and install again\")
  endif()")
