# `cmake --install build --prefix P`: the program, the doors, the catalogue with its studies, and the report's page.
# An installed program finds its data beside itself, in ../share/melian, wherever P is moved to.
include(GNUInstallDirs)
install(TARGETS melian RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY models studies DESTINATION ${CMAKE_INSTALL_DATADIR}/melian)
install(FILES web/dist/index.html DESTINATION ${CMAKE_INSTALL_DATADIR}/melian/web OPTIONAL)
install(DIRECTORY include/melian DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
